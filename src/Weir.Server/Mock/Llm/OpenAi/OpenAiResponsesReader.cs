using System.Collections.Frozen;
using System.Text.Json.Nodes;

namespace Weir.Server;

/// <summary>Reads and checks a Responses request: everything but the input.</summary>
sealed class OpenAiResponsesReader(JsonObject body, MockCheck check)
{
    static readonly FrozenSet<string> s_fields = FrozenSet.Create(
        "background", "context_management", "conversation", "include", "input", "instructions", "max_output_tokens", "max_tool_calls", "metadata", "model",
        "moderation", "parallel_tool_calls", "previous_response_id", "prompt", "prompt_cache_key", "prompt_cache_options", "prompt_cache_retention",
        "reasoning", "safety_identifier", "service_tier", "store", "stream", "stream_options", "temperature", "text", "tool_choice", "tools",
        "top_logprobs", "top_p", "truncation", "user");

    const int OutputTokensMin = 16;

    readonly MockQuestion _question = new();

    public MockQuestion Read()
    {
        _question.Model = check.Text(body, "model", "", required: true) ?? "";
        var models = OpenAiModels.Of(_question.Model);
        if (models.IsOpenAi) check.Only(body, "", s_fields);
        _question.IsStream = check.Flag(body, "stream", "") ?? false;
        ReadTools(models);
        if (check.Text(body, "instructions", "") is { } instructions)
        {
            _question.System.Add(instructions);
            _question.Prompt.AddText(instructions);
            _question.Prompt.EndBlock();
        }
        ReadReasoning(models);
        ReadSampling(models);
        ReadFormat(models);
        if (check.Text(body, "previous_response_id", "") is { } before)
            check.Fail($"Previous response with id '{before}' not found.", "previous_response_id", "previous_response_not_found");
        new OpenAiInput(check, _question).Read(body["input"]);
        return _question;
    }

    void ReadReasoning(OpenAiModels models)
    {
        foreach (var entry in check.Texts(check.Array(body, "include", ""), "include")) _question.ClosesThoughts |= entry == "reasoning.encrypted_content";
        if (check.Object(body, "reasoning", "") is not { } reasoning) return;
        var effort = check.OneOf(reasoning, "effort", "reasoning", false, "none", "minimal", "low", "medium", "high", "xhigh", "max");
        _question.ShowsThoughts = check.OneOf(reasoning, "summary", "reasoning", false, "auto", "concise", "detailed") is not null;
        _question.Reasons = effort is not "none" && (effort is not null || _question.ShowsThoughts);
        if (effort is not null && models is { IsOpenAi: true, Reasons: false })
            check.Fail("Unsupported parameter: 'reasoning.effort' is not supported with this model.", "reasoning.effort", "unsupported_parameter");
    }

    void ReadSampling(OpenAiModels models)
    {
        var temperature = check.Number(body, "temperature", "", 0, 2);
        check.Number(body, "top_p", "", 0, 1);
        if (models is { IsOpenAi: true, Reasons: true } && temperature is not (null or 1))
            check.Fail("Unsupported parameter: 'temperature' is not supported with this model.", "temperature", "unsupported_parameter");
        _question.OutputTokensMax = check.Integer(body, "max_output_tokens", "", min: OutputTokensMin);
        check.OneOf(body, "truncation", "", false, "auto", "disabled");
    }

    void ReadTools(OpenAiModels models)
    {
        foreach (var (tool, path) in check.Objects(check.Array(body, "tools", ""), "tools"))
        {
            if (check.Text(tool, "type", path, required: true) != "function") continue;
            var name = check.Text(tool, "name", path, required: true) ?? "";
            if (!OpenAiSchemas.IsName(name)) check.Fail(OpenAiSchemas.BadName($"{path}.name"), $"{path}.name", "invalid_value");
            var description = check.Text(tool, "description", path);
            var schema = check.Object(tool, "parameters", path);
            if (check.Flag(tool, "strict", path) == true && models.IsOpenAi) OpenAiSchemas.CheckStrict(schema, check, name, $"{path}.parameters");
            _question.Tools.Add(new(name, schema));
            _question.Prompt.AddText(name);
            _question.Prompt.AddText(description);
            _question.Prompt.EndBlock();
        }
        _question.AllowsParallel = check.Flag(body, "parallel_tool_calls", "") ?? true;
        if (body["tool_choice"] is JsonObject named)
        {
            if (check.Text(named, "type", "tool_choice", required: true) != "function") return;
            _question.ToolMode = MockToolMode.Named;
            _question.ToolName = check.Text(named, "name", "tool_choice", required: true);
            if (!_question.Tools.Exists(tool => tool.Name == _question.ToolName))
                check.Fail($"Tool choice 'function' not found in 'tools' parameter.", "tool_choice");
            return;
        }
        _question.ToolMode = check.OneOf(body, "tool_choice", "", false, "none", "auto", "required") switch
        {
            "none" => MockToolMode.None,
            "required" => MockToolMode.Any,
            _ => MockToolMode.Auto,
        };
        if (_question.ToolMode == MockToolMode.Any && body["tools"] is not JsonArray { Count: > 0 })
            check.Fail("Tool choice 'required' must be specified with 'tools' parameter.", "tool_choice");
    }

    void ReadFormat(OpenAiModels models)
    {
        if (check.Object(body, "text", "") is not { } text || check.Object(text, "format", "text") is not { } format) return;
        var type = check.OneOf(format, "type", "text.format", true, "text", "json_object", "json_schema");
        _question.WantsJson = type is "json_object" or "json_schema";
        if (type != "json_schema") return;
        if (format["schema"] is null) check.RequireMissing("text.format.schema");
        _question.Schema = OpenAiSchemas.Read(format, check, "text.format", models.IsOpenAi);
    }
}
