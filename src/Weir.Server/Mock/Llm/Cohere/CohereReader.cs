using System.Collections.Frozen;
using System.Text.Json.Nodes;

namespace Weir.Server;

/// <summary>Reads and checks a request of Cohere's chat.</summary>
sealed class CohereReader(JsonObject body, MockCheck check)
{
    static readonly FrozenSet<string> s_fields = FrozenSet.Create(
        "model", "messages", "stream", "tools", "strict_tools", "tool_choice", "documents", "citation_options", "response_format", "safety_mode", "max_tokens",
        "stop_sequences", "temperature", "seed", "frequency_penalty", "presence_penalty", "k", "p", "logprobs", "thinking", "priority", "raw_prompting");

    const int StopsMax = 5;

    readonly MockQuestion _question = new();
    readonly Dictionary<string, string> _waiting = [];

    public MockQuestion Read()
    {
        check.Only(body, "", s_fields);
        _question.Model = check.Text(body, "model", "", required: true) ?? "";
        _question.IsStream = check.Flag(body, "stream", "") ?? false;
        ReadTools();
        ReadSampling();
        ReadFormat();
        var messages = check.Array(body, "messages", "", required: true);
        if (messages?.Count == 0) check.Fail("invalid request: messages must not be empty");
        foreach (var (message, path) in check.Objects(messages, "messages")) ReadMessage(message, path);
        EndResults();
        return _question;
    }

    void ReadTools()
    {
        foreach (var (tool, path) in check.Objects(check.Array(body, "tools", ""), "tools"))
        {
            check.OneOf(tool, "type", path, true, "function");
            var function = check.Object(tool, "function", path, required: true) ?? [];
            var name = check.Text(function, "name", $"{path}.function", required: true) ?? "";
            if (!OpenAiSchemas.IsName(name)) check.Fail($"invalid request: tool name '{name}' must match ^[a-zA-Z0-9_-]+$");
            var description = check.Text(function, "description", $"{path}.function");
            _question.Tools.Add(new(name, check.Object(function, "parameters", $"{path}.function")));
            _question.Prompt.AddText(name);
            _question.Prompt.AddText(description);
            _question.Prompt.EndBlock();
        }
        _question.ToolMode = check.OneOf(body, "tool_choice", "", false, "REQUIRED", "NONE") switch
        {
            "REQUIRED" => MockToolMode.Any,
            "NONE" => MockToolMode.None,
            _ => MockToolMode.Auto,
        };
        if (_question.ToolMode == MockToolMode.Any && _question.Tools.Count == 0)
            check.Fail("invalid request: tool_choice REQUIRED needs at least one tool");
    }

    void ReadSampling()
    {
        _question.OutputTokensMax = check.Integer(body, "max_tokens", "", min: 0);
        check.Number(body, "temperature", "", 0, 2);
        check.Number(body, "p", "", 0.01, 0.99);
        check.Integer(body, "k", "", min: 0, max: 500);
        check.Number(body, "frequency_penalty", "", 0, 1);
        check.Number(body, "presence_penalty", "", 0, 1);
        check.Integer(body, "seed", "", min: 0);
        var stops = check.Array(body, "stop_sequences", "");
        if (stops?.Count > StopsMax) check.Fail($"invalid request: at most {StopsMax} stop_sequences");
        _question.Stops.AddRange(check.Texts(stops, "stop_sequences"));
        if (check.Object(body, "thinking", "") is not { } thinking) return;
        _question.Reasons = check.OneOf(thinking, "type", "thinking", true, "enabled", "disabled") == "enabled";
        check.Integer(thinking, "token_budget", "thinking", min: 1);
    }

    void ReadFormat()
    {
        if (check.Object(body, "response_format", "") is not { } format) return;
        _question.WantsJson = check.OneOf(format, "type", "response_format", true, "text", "json_object") == "json_object";
        _question.Schema = check.Object(format, "json_schema", "response_format") ?? check.Object(format, "schema", "response_format");
        if (_question is { WantsJson: true, Tools.Count: > 0 }) check.Fail("invalid request: response_format json_object cannot be used with tools");
        if (_question.Schema is JsonObject schema && (schema["type"]?.ToString() != "object" || schema["required"] is not JsonArray { Count: > 0 }))
            check.Fail("invalid request: the top level of a schema must be an object with at least one required field");
    }

    void ReadMessage(JsonObject message, string path)
    {
        var role = check.OneOf(message, "role", path, true, "user", "assistant", "system", "tool");
        if (role != "tool") EndResults();
        switch (role)
        {
            case "system":
                _question.System.Add(Content(message, path, true));
                break;
            case "user":
                _question.ToolResults.Clear();
                _question.Media.Clear();
                _question.UserText = Content(message, path, true);
                break;
            case "assistant":
                _question.ToolResults.Clear();
                ReadAssistant(message, path);
                break;
            case "tool":
                var id = check.Text(message, "tool_call_id", path, required: true) ?? "";
                var text = Content(message, path, true);
                _question.UserText = "";
                _question.Media.Clear();
                if (_waiting.Remove(id, out var name)) _question.ToolResults.Add((name, text));
                else check.Fail($"invalid request: tool call id '{id}' not found in previous tool calls");
                break;
        }
        _question.Prompt.EndBlock();
    }

    void ReadAssistant(JsonObject message, string path)
    {
        var calls = check.Array(message, "tool_calls", path);
        check.Text(message, "tool_plan", path);
        Content(message, path, required: calls is null or { Count: 0 });
        foreach (var (call, at) in check.Objects(calls, $"{path}.tool_calls"))
        {
            check.OneOf(call, "type", at, true, "function");
            var function = check.Object(call, "function", at, required: true) ?? [];
            var name = check.Text(function, "name", $"{at}.function", required: true) ?? "";
            _waiting[check.Text(call, "id", at, required: true) ?? ""] = name;
            _question.Prompt.AddText(name);
            _question.Prompt.AddText(check.Text(function, "arguments", $"{at}.function"));
        }
    }

    void EndResults()
    {
        if (_waiting.Count > 0) check.Fail($"invalid request: missing tool results for tool call ids [{string.Join(", ", _waiting.Keys)}]");
        _waiting.Clear();
    }

    string Content(JsonObject message, string path, bool required)
    {
        if (message["content"] is not JsonArray parts)
        {
            var whole = check.Text(message, "content", path, required) ?? "";
            _question.Prompt.AddText(whole);
            return whole;
        }
        var text = "";
        foreach (var (part, at) in check.Objects(parts, $"{path}.content"))
        {
            switch (check.OneOf(part, "type", at, true, "text", "image_url", "document", "thinking"))
            {
                case "text":
                    text += check.Text(part, "text", at, required: true);
                    break;
                case "image_url":
                    var url = check.Text(check.Object(part, "image_url", at, required: true) ?? [], "url", $"{at}.image_url", required: true);
                    _question.Media.Add("image");
                    _question.Prompt.AddMedia(url);
                    break;
                case "document":
                    var document = check.Object(part, "document", at, required: true) ?? [];
                    if (document["data"] is null) check.RequireMissing($"{at}.document.data");
                    text += MockJson.IsText(document["data"]) ? document["data"]!.ToString() : document["data"]?.ToJsonString(MockJson.Relaxed);
                    break;
                case "thinking":
                    check.Text(part, "thinking", at, required: true);
                    break;
            }
        }
        _question.Prompt.AddText(text);
        return text;
    }
}
