using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Weir.Server;

/// <summary>Tools of Gemini, whose schemas are a part of OpenAPI's with a closed list of words.</summary>
sealed partial class GeminiTools(JsonObject body, MockCheck check, MockQuestion question)
{
    static readonly FrozenSet<string> s_toolFields = FrozenSet.Create(
        "functionDeclarations", "googleSearch", "googleSearchRetrieval", "codeExecution", "urlContext", "computerUse", "googleMaps", "fileSearch", "retrieval",
        "enterpriseWebSearch", "mcpServers");

    static readonly FrozenSet<string> s_functionFields = FrozenSet.Create(
        "name", "description", "parameters", "parametersJsonSchema", "response", "responseJsonSchema", "behavior");

    static readonly FrozenSet<string> s_schemaFields = FrozenSet.Create(
        "type", "format", "title", "description", "nullable", "enum", "maxItems", "minItems", "properties", "required", "minProperties", "maxProperties",
        "minLength", "maxLength", "pattern", "example", "anyOf", "propertyOrdering", "default", "items", "minimum", "maximum");

    static readonly string[] s_types = ["string", "number", "integer", "boolean", "array", "object", "null", "type_unspecified"];

    public void Read()
    {
        foreach (var (tool, path) in check.Objects(check.Array(body, "tools", ""), "tools"))
        {
            check.Only(tool, path, s_toolFields);
            var functions = check.Array(tool, "functionDeclarations", path);
            foreach (var (function, at) in check.Objects(functions, $"{path}.functionDeclarations")) ReadFunction(function, at);
        }
        if (check.Object(body, "toolConfig", "") is not { } config) return;
        if (check.Object(config, "functionCallingConfig", "toolConfig") is not { } calling) return;
        const string path2 = "toolConfig.functionCallingConfig";
        var mode = check.Text(calling, "mode", path2)?.ToUpperInvariant();
        var names = check.Texts(check.Array(calling, "allowedFunctionNames", path2), $"{path2}.allowedFunctionNames").ToList();
        if (names.Count > 0 && mode is not ("ANY" or "VALIDATED"))
            check.Fail("Function calling mode must be ANY or VALIDATED when allowed_function_names are set.");
        if (names.Find(name => !question.Tools.Exists(tool => tool.Name == name)) is { } unknown)
            check.Fail($"allowed_function_names contains '{unknown}', which is not declared.");
        question.ToolMode = mode switch
        {
            "ANY" when names.Count == 1 => MockToolMode.Named,
            "ANY" => MockToolMode.Any,
            "NONE" => MockToolMode.None,
            null or "AUTO" or "VALIDATED" or "MODE_UNSPECIFIED" => MockToolMode.Auto,
            _ => Refuse(mode),
        };
        question.ToolName = names.FirstOrDefault();
        if (question.ToolMode == MockToolMode.Any && question.Tools.Count == 0)
            check.Fail("Function calling config is set without function_declarations.");
    }

    MockToolMode Refuse(string mode)
    {
        check.Fail($"Invalid value at 'tool_config.function_calling_config.mode' (TYPE_ENUM), \"{mode}\"");
        return MockToolMode.Auto;
    }

    void ReadFunction(JsonObject function, string path)
    {
        check.Only(function, path, s_functionFields);
        var name = check.Text(function, "name", path, required: true) ?? "";
        if (!Names().IsMatch(name))
        {
            check.Fail($"* GenerateContentRequest.{path}.name: Invalid function name. Must start with a letter or an underscore. Must be "
                + "alphanumeric (a-z, A-Z, 0-9), underscores (_), dots (.), colons (:), or dashes (-), with a maximum length of 64.");
        }
        var description = check.Text(function, "description", path);
        var schema = check.Object(function, "parameters", path);
        if (schema is not null) CheckSchema(schema, check, $"{path}.parameters");
        var asJson = check.Object(function, "parametersJsonSchema", path);
        if (schema is not null && asJson is not null) check.Fail($"{path}: parameters and parameters_json_schema cannot both be set.");
        question.Tools.Add(new(name, schema ?? asJson));
        question.Prompt.AddText(name);
        question.Prompt.AddText(description);
        question.Prompt.EndBlock();
    }

    public static void CheckSchema(JsonObject schema, MockCheck check, string path)
    {
        check.Only(GeminiNames.Camel(schema), path, s_schemaFields);
        // An enum of protocol buffers may come as its number.
        var type = schema["type"]?.GetValueKind() == JsonValueKind.Number ? null : check.Text(schema, "type", path);
        if (type is not null && !s_types.Contains(type.ToLowerInvariant()))
            check.Fail($"Invalid value at '{path}.type' (type.googleapis.com/google.ai.Type), \"{type}\"");
        var isText = type is null || type.Equals("string", StringComparison.OrdinalIgnoreCase);
        if (schema["enum"] is JsonArray && !isText) check.Fail($"{path}.enum: only allowed for STRING type");
        if (schema["enum"] is JsonArray values && !values.All(MockJson.IsText)) check.Fail($"Invalid value at '{path}.enum' (TYPE_STRING)");
        if (schema["items"] is JsonObject items) CheckSchema(items, check, $"{path}.items");
        else if (type?.Equals("array", StringComparison.OrdinalIgnoreCase) == true) check.Fail($"* GenerateContentRequest.{path}.items: missing field.");
        foreach (var (name, property) in schema["properties"] as JsonObject ?? [])
        {
            if (property is JsonObject inner) CheckSchema(inner, check, $"{path}.properties[{name}]");
        }
        foreach (var (option, at) in check.Objects(schema["anyOf"] as JsonArray, $"{path}.anyOf")) CheckSchema(option, check, at);
    }

    [GeneratedRegex("^[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}$")]
    private static partial Regex Names();
}
