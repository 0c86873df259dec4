using System.Collections.Frozen;
using System.Text.Json.Nodes;

namespace Weir.Server;

/// <summary>Reads and checks a Converse request: everything but the conversation.</summary>
sealed class BedrockReader(JsonObject body, MockCheck check, string model)
{
    static readonly FrozenSet<string> s_fields = FrozenSet.Create(
        "messages", "system", "inferenceConfig", "toolConfig", "guardrailConfig", "additionalModelRequestFields", "additionalModelResponseFieldPaths",
        "promptVariables", "requestMetadata", "performanceConfig", "serviceTier", "outputConfig");

    static readonly FrozenSet<string> s_inferenceFields = FrozenSet.Create("maxTokens", "temperature", "topP", "stopSequences");
    static readonly FrozenSet<string> s_toolConfigFields = FrozenSet.Create("tools", "toolChoice");
    static readonly FrozenSet<string> s_specFields = FrozenSet.Create("name", "description", "inputSchema", "strict");

    readonly MockQuestion _question = new() { Model = model };

    public MockQuestion Read()
    {
        check.Only(body, "", s_fields);
        var tools = check.Object(body, "toolConfig", "");
        if (tools is not null) ReadTools(tools);
        ReadSystem();
        ReadInference(check.Object(body, "inferenceConfig", "") ?? []);
        ReadThinking(check.Object(body, "additionalModelRequestFields", "") ?? []);
        ReadFormat();
        new BedrockTurns(check, _question, tools is not null).Read(check.Array(body, "messages", "", required: true));
        return _question;
    }

    /// <summary>The lifetime of a cache point.</summary>
    public static string Mark(JsonObject point, MockCheck check, string path)
    {
        check.OneOf(point, "type", path, true, "default");
        return check.OneOf(point, "ttl", path, false, "5m", "1h") ?? "5m";
    }

    void ReadSystem()
    {
        foreach (var (block, path) in check.Objects(check.Array(body, "system", ""), "system"))
        {
            if (check.Object(block, "cachePoint", path) is { } point)
            {
                _question.Prompt.EndBlock(Mark(point, check, $"{path}.cachePoint"));
                continue;
            }
            if (block["guardContent"] is not null) continue;
            var text = check.Text(block, "text", path, required: true) ?? "";
            if (text.Length == 0)
                check.Fail($"1 validation error detected: Value at '{path}.text' failed to satisfy constraint: Member must have length greater than "
                    + "or equal to 1");
            _question.System.Add(text);
            _question.Prompt.AddText(text);
            _question.Prompt.EndBlock();
        }
    }

    void ReadInference(JsonObject config)
    {
        check.Only(config, "inferenceConfig", s_inferenceFields);
        _question.OutputTokensMax = check.Integer(config, "maxTokens", "inferenceConfig", min: 1);
        check.Number(config, "temperature", "inferenceConfig", 0, 1);
        check.Number(config, "topP", "inferenceConfig", 0, 1);
        _question.Stops.AddRange(check.Texts(check.Array(config, "stopSequences", "inferenceConfig"), "inferenceConfig.stopSequences"));
    }

    void ReadTools(JsonObject config)
    {
        check.Only(config, "toolConfig", s_toolConfigFields);
        var tools = check.Array(config, "tools", "toolConfig", required: true);
        if (tools?.Count == 0)
            check.Fail("1 validation error detected: Value '[]' at 'toolConfig.tools' failed to satisfy constraint: Member must have length greater "
                + "than or equal to 1");
        foreach (var (tool, path) in check.Objects(tools, "toolConfig.tools"))
        {
            if (check.Object(tool, "cachePoint", path) is { } point) _question.Prompt.EndBlock(Mark(point, check, $"{path}.cachePoint"));
            else if (tool["systemTool"] is null) ReadTool(check.Object(tool, "toolSpec", path, required: true) ?? [], $"{path}.toolSpec");
        }
        if (check.Object(config, "toolChoice", "toolConfig") is not { } choice) return;
        if (choice.Count != 1) check.Fail("The toolChoice union must have exactly one member set.");
        _question.ToolMode = choice.ContainsKey("tool") ? MockToolMode.Named : choice.ContainsKey("any") ? MockToolMode.Any : MockToolMode.Auto;
        if (choice["auto"] is null && choice["any"] is null && choice["tool"] is null) check.Fail("The toolChoice union has an unknown member.");
        if (_question.ToolMode != MockToolMode.Named) return;
        _question.ToolName = check.Text(choice["tool"] as JsonObject ?? [], "name", "toolConfig.toolChoice.tool", required: true);
        if (!_question.Tools.Exists(tool => tool.Name == _question.ToolName))
            check.Fail($"The tool {_question.ToolName} named in toolConfig.toolChoice is not among toolConfig.tools.");
    }

    void ReadTool(JsonObject spec, string path)
    {
        check.Only(spec, path, s_specFields);
        var name = check.Text(spec, "name", path, required: true) ?? "";
        if (!OpenAiSchemas.IsName(name))
        {
            check.Fail($"1 validation error detected: Value '{name}' at '{path}.name' failed to satisfy constraint: "
                + "Member must satisfy regular expression pattern: [a-zA-Z0-9_-]+");
        }
        var description = check.Text(spec, "description", path);
        if (description?.Length == 0)
            check.Fail($"1 validation error detected: Value at '{path}.description' failed to satisfy constraint: Member must have length greater "
                + "than or equal to 1");
        var schema = check.Object(check.Object(spec, "inputSchema", path, required: true) ?? [], "json", $"{path}.inputSchema", required: true);
        if (schema is not null && schema["type"]?.ToString() != "object")
            check.Fail($"The value at {path}.inputSchema.json.type must be one of the following: object.");
        _question.Tools.Add(new(name, schema));
        _question.Prompt.AddText(name);
        _question.Prompt.AddText(description);
        _question.Prompt.EndBlock();
    }

    void ReadThinking(JsonObject fields)
    {
        var thinking = fields["thinking"] ?? fields["reasoning_config"];
        if (thinking is JsonObject claude)
        {
            _question.Reasons = claude["type"]?.ToString() is "enabled" or "adaptive";
            if (claude["type"]?.ToString() != "enabled") return;
            var budget = check.Integer(claude, "budget_tokens", "additionalModelRequestFields.thinking", required: true, min: 1024);
            if (budget >= _question.OutputTokensMax)
                check.Fail("The model returned the following errors: `max_tokens` must be greater than `thinking.budget_tokens`.");
            if (_question.ToolMode is MockToolMode.Any or MockToolMode.Named)
                check.Fail("The model returned the following errors: Thinking may not be enabled when tool_choice forces tool use.");
        }
        else if (fields["reasoningConfig"] is JsonObject nova)
        {
            _question.Reasons = nova["type"]?.ToString() == "enabled";
        }
        if (fields["tool_choice"]?["disable_parallel_tool_use"]?.ToString() == "true") _question.AllowsParallel = false;
    }

    void ReadFormat()
    {
        if (check.Object(body, "outputConfig", "") is not { } config || check.Object(config, "textFormat", "outputConfig") is not { } format) return;
        const string path = "outputConfig.textFormat";
        check.OneOf(format, "type", path, true, "json_schema");
        var structure = check.Object(check.Object(format, "structure", path, required: true) ?? [], "jsonSchema", $"{path}.structure", required: true) ?? [];
        var schema = check.Text(structure, "schema", $"{path}.structure.jsonSchema", required: true);
        _question.WantsJson = true;
        _question.Schema = MockJson.ParseText(schema ?? "{}");
        if (_question.Schema is not JsonObject) check.Fail($"{path}.structure.jsonSchema.schema is no valid JSON object.");
    }
}
