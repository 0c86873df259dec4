using System.Collections.Frozen;
using System.Text.Json.Nodes;

namespace Weir.Server;

/// <summary>Reads and checks a request of the Messages API: top-level fields. The conversation is read by <see cref="AnthropicTurns"/>.</summary>
sealed class AnthropicReader(JsonObject body, MockCheck check)
{
    static readonly FrozenSet<string> s_fields = FrozenSet.Create(
        "model", "messages", "max_tokens", "container", "context_management", "mcp_servers", "metadata", "service_tier", "stop_sequences", "stream", "system",
        "temperature", "thinking", "tool_choice", "tools", "top_k", "top_p", "output_config", "output_format", "cache_control", "inference_geo",
        "anthropic_version", "anthropic_beta");

    const int ThinkingTokensMin = 1024;
    const int MarksMax = 4;

    /// <summary>Families that take temperature or top_p, but not both.</summary>
    static readonly string[] s_oneOfTwo =
        ["claude-opus-4-1", "claude-opus-4-5", "claude-sonnet-4-5", "claude-haiku-4-5", "claude-opus-4-6", "claude-sonnet-4-6"];

    readonly MockQuestion _question = new();

    /// <param name="counts">Tokens are to be counted only: max_tokens is not needed.</param>
    /// <param name="model">Model from the path, or null where the body names it.</param>
    public MockQuestion Read(bool counts = false, string? model = null)
    {
        check.Only(body, "", s_fields);
        _question.Model = model ?? check.Text(body, "model", "", required: true) ?? "";
        _question.OutputTokensMax = check.Integer(body, "max_tokens", "", required: !counts, min: 1);
        _question.IsStream = check.Flag(body, "stream", "") ?? false;
        ReadTools();
        ReadSystem();
        ReadThinking();
        ReadSampling();
        ReadFormat();
        new AnthropicTurns(check, _question, body["thinking"]?["type"]?.ToString() == "enabled").Read(check.Array(body, "messages", "", required: true));
        var marks = _question.Prompt.Boundaries.Count(static boundary => boundary.MarkTtl is not null);
        if (marks > MarksMax) check.Fail($"A maximum of {MarksMax} blocks with cache_control may be provided. Found {marks}.");
        return _question;
    }

    void ReadSystem()
    {
        if (body["system"] is not JsonArray blocks)
        {
            if (check.Text(body, "system", "") is not { } text) return;
            _question.System.Add(text);
            _question.Prompt.AddText(text);
            _question.Prompt.EndBlock();
            return;
        }
        foreach (var (block, path) in check.Objects(blocks, "system"))
        {
            check.OneOf(block, "type", path, true, "text");
            var text = check.Text(block, "text", path, required: true) ?? "";
            if (text.Length == 0) check.Fail("system: text content blocks must be non-empty");
            _question.System.Add(text);
            _question.Prompt.AddText(text);
            _question.Prompt.EndBlock(Mark(block, path, check));
        }
    }

    /// <summary>The lifetime that a cache mark asks for; null without a mark.</summary>
    public static string? Mark(JsonObject block, string path, MockCheck check)
    {
        if (check.Object(block, "cache_control", path) is not { } mark) return null;
        check.OneOf(mark, "type", $"{path}.cache_control", true, "ephemeral");
        return check.OneOf(mark, "ttl", $"{path}.cache_control", false, "5m", "1h") ?? "5m";
    }

    void ReadTools()
    {
        var tools = check.Array(body, "tools", "");
        foreach (var (tool, path) in check.Objects(tools, "tools"))
        {
            var type = check.Text(tool, "type", path);
            var name = check.Text(tool, "name", path, required: true) ?? "";
            if (type is not (null or "custom")) continue;
            if (!OpenAiSchemas.IsName(name)) check.Fail($"{path}.custom.name: String should match pattern '^[a-zA-Z0-9_-]{{1,128}}$'");
            var description = check.Text(tool, "description", path);
            var schema = check.Object(tool, "input_schema", path, required: true);
            if (schema is not null && schema["type"]?.ToString() != "object") check.Fail($"{path}.custom.input_schema.type: Input should be 'object'");
            _question.Tools.Add(new(name, schema));
            _question.Prompt.AddText(name);
            _question.Prompt.AddText(description);
            _question.Prompt.EndBlock(Mark(tool, path, check));
        }
        if (check.Object(body, "tool_choice", "") is not { } choice) return;
        if (tools is null or { Count: 0 }) check.Fail("tool_choice may only be specified while providing tools.");
        _question.AllowsParallel = check.Flag(choice, "disable_parallel_tool_use", "tool_choice") != true;
        _question.ToolMode = check.OneOf(choice, "type", "tool_choice", true, "auto", "any", "tool", "none") switch
        {
            "any" => MockToolMode.Any,
            "tool" => MockToolMode.Named,
            "none" => MockToolMode.None,
            _ => MockToolMode.Auto,
        };
        if (_question.ToolMode != MockToolMode.Named) return;
        _question.ToolName = check.Text(choice, "name", "tool_choice", required: true);
        if (!_question.Tools.Exists(tool => tool.Name == _question.ToolName)) check.Fail($"Tool '{_question.ToolName}' not found in provided tools");
    }

    void ReadThinking()
    {
        if (check.Object(body, "thinking", "") is not { } thinking) return;
        var type = check.OneOf(thinking, "type", "thinking", true, "enabled", "disabled", "adaptive");
        _question.Reasons = type is "enabled" or "adaptive";
        if (type == "enabled")
        {
            var budget = check.Integer(thinking, "budget_tokens", "thinking.enabled", required: true, min: ThinkingTokensMin);
            if (budget >= _question.OutputTokensMax) check.Fail("`max_tokens` must be greater than `thinking.budget_tokens`.");
            if (_question.ToolMode is MockToolMode.Any or MockToolMode.Named) check.Fail("Thinking may not be enabled when tool_choice forces tool use.");
        }
        if (!_question.Reasons) return;
        if (body["temperature"] is { } temperature && temperature.ToJsonString() is not ("1" or "1.0"))
            check.Fail("`temperature` may only be set to 1 when thinking is enabled.");
        if (body["top_k"] is not null) check.Fail("`top_k` must be unset when thinking is enabled.");
    }

    void ReadSampling()
    {
        var temperature = check.Number(body, "temperature", "", 0, 1);
        var topP = check.Number(body, "top_p", "", 0, 1);
        check.Integer(body, "top_k", "", min: 0);
        if (temperature is not null && topP is not null && s_oneOfTwo.Any(family => _question.Model.StartsWith(family, StringComparison.Ordinal)))
            check.Fail("`temperature` and `top_p` cannot both be specified for this model. Please use only one.");
        var stops = check.Array(body, "stop_sequences", "");
        foreach (var stop in check.Texts(stops, "stop_sequences"))
        {
            if (string.IsNullOrWhiteSpace(stop)) check.Fail("stop_sequences: each stop sequence must contain non-whitespace");
            _question.Stops.Add(stop);
        }
        if (check.Object(body, "metadata", "") is { } metadata)
        {
            check.Only(metadata, "metadata", new HashSet<string> { "user_id" });
            check.Text(metadata, "user_id", "metadata");
        }
        check.OneOf(body, "service_tier", "", false, "auto", "standard_only");
    }

    void ReadFormat()
    {
        var options = check.Object(body, "output_config", "");
        if (options is not null) check.OneOf(options, "effort", "output_config", false, "low", "medium", "high", "xhigh", "max");
        var format = options is null ? null : check.Object(options, "format", "output_config");
        format ??= check.Object(body, "output_format", "");
        if (format is null) return;
        check.OneOf(format, "type", "output_config.format", true, "json_schema");
        _question.WantsJson = true;
        _question.Schema = check.Object(format, "schema", "output_config.format", required: true);
    }
}
