using System.Text.Json.Nodes;

namespace Weir.Server;

/// <summary>Tools of Chat Completions and the choice among them.</summary>
sealed class OpenAiTools(JsonObject body, MockCheck check, OpenAiModels models, MockQuestion question)
{
    public void Read()
    {
        var tools = check.Array(body, "tools", "");
        if (tools?.Count == 0 && models.IsOpenAi)
            check.Fail("Invalid 'tools': empty array. Expected an array with minimum length 1, but got an empty array instead.", "tools");
        foreach (var (tool, path) in check.Objects(tools, "tools")) ReadTool(tool, path);
        var parallel = check.Flag(body, "parallel_tool_calls", "");
        question.AllowsParallel = parallel ?? true;
        if (tools is not null) ReadChoice();
        else if (parallel is not null && models.IsOpenAi) OnlyWithTools("parallel_tool_calls");
        else if (body["tool_choice"] is not null && body["tool_choice"]!.ToString() != "none") OnlyWithTools("tool_choice");
    }

    void OnlyWithTools(string name) => check.Fail($"Invalid value for '{name}': '{name}' is only allowed when 'tools' are specified.", name);

    void ReadTool(JsonObject tool, string path)
    {
        var type = check.OneOf(tool, "type", path, !models.IsMistral, "function", "custom");
        if (type is not (null or "function")) return;
        if (check.Object(tool, "function", path, required: true) is not { } function) return;
        var name = check.Text(function, "name", $"{path}.function", required: true) ?? "";
        if (!OpenAiSchemas.IsName(name)) check.Fail(OpenAiSchemas.BadName($"{path}.function.name"), $"{path}.function.name", "invalid_value");
        var description = check.Text(function, "description", $"{path}.function");
        var schema = check.Object(function, "parameters", $"{path}.function");
        if (schema is { Count: > 0 } && schema["type"]?.ToString() != "object")
        {
            check.Fail($"Invalid schema for function '{name}': schema must be a JSON Schema of 'type: \"object\"', got 'type: \"{schema["type"]}\"'.",
                $"{path}.function.parameters", "invalid_function_parameters");
        }
        if (check.Flag(function, "strict", $"{path}.function") == true && models.IsOpenAi)
            OpenAiSchemas.CheckStrict(schema, check, name, $"{path}.function.parameters");
        question.Tools.Add(new(name, schema));
        question.Prompt.AddText(name);
        question.Prompt.AddText(description);
        question.Prompt.EndBlock();
    }

    void ReadChoice()
    {
        if (body["tool_choice"] is JsonObject named)
        {
            var kind = check.OneOf(named, "type", "tool_choice", true, "function", "allowed_tools", "custom");
            if (kind != "function") return;
            question.ToolMode = MockToolMode.Named;
            var function = check.Object(named, "function", "tool_choice", required: true);
            question.ToolName = function is null ? "" : check.Text(function, "name", "tool_choice.function", required: true);
            if (!question.Tools.Exists(tool => tool.Name == question.ToolName))
                check.Fail($"Tool choice '{question.ToolName}' not found in 'tools' parameter.", "tool_choice");
            return;
        }
        string[] modes = models.IsMistral ? ["none", "auto", "any", "required"] : ["none", "auto", "required"];
        question.ToolMode = check.OneOf(body, "tool_choice", "", false, modes) switch
        {
            "none" => MockToolMode.None,
            "required" or "any" => MockToolMode.Any,
            _ => MockToolMode.Auto,
        };
    }
}
