using System.Text.Json.Nodes;

namespace Weir.Server;

/// <summary>Messages of Chat Completions: roles, parts, and calls with their results.</summary>
sealed class OpenAiMessages(MockCheck check, OpenAiModels models, MockQuestion question)
{
    static readonly string[] s_roles = ["system", "assistant", "user", "function", "tool", "developer"];

    static readonly string[] s_userParts = ["text", "image_url", "input_audio", "file"];
    static readonly string[] s_assistantParts = ["text", "refusal"];
    static readonly string[] s_mistralParts = ["text", "image_url", "input_audio", "document_url", "thinking", "reference", "file"];

    readonly Dictionary<string, string> _waiting = [];

    public void Read(JsonArray? messages)
    {
        if (messages?.Count == 0)
            check.Fail("Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.", "messages", "empty_array");
        foreach (var (message, path) in check.Objects(messages, "messages"))
        {
            var role = check.OneOf(message, "role", path, true, s_roles);
            if (role is not "tool") EndResults(path);
            check.Text(message, "name", path);
            ReadMessage(message, role, path);
        }
        EndResults($"messages[{messages?.Count}]");
    }

    void ReadMessage(JsonObject message, string? role, string path)
    {
        switch (role)
        {
            case "system" or "developer":
                question.System.Add(Content(message, path, required: true, "text"));
                break;
            case "user":
                question.ToolResults.Clear();
                question.Media.Clear();
                question.UserText = Content(message, path, required: true, models.IsMistral ? s_mistralParts : s_userParts);
                break;
            case "assistant":
                ReadAssistant(message, path);
                break;
            case "tool":
                ReadResult(message, path);
                break;
        }
        question.Prompt.EndBlock();
    }

    void ReadAssistant(JsonObject message, string path)
    {
        question.ToolResults.Clear();
        var calls = check.Array(message, "tool_calls", path);
        if (calls?.Count == 0 && models.IsOpenAi)
            check.Fail($"Invalid '{path}.tool_calls': empty array. Expected an array with minimum length 1, but got an empty array "
                + "instead.", $"{path}.tool_calls");
        Content(message, path, required: calls is null && message["refusal"] is null && message["audio"] is null && message["function_call"] is null,
            models.IsMistral ? s_mistralParts : s_assistantParts);
        foreach (var (call, at) in check.Objects(calls, $"{path}.tool_calls"))
        {
            var id = check.Text(call, "id", at, required: true) ?? "";
            check.OneOf(call, "type", at, !models.IsMistral, "function", "custom");
            if (check.Object(call, "function", at, required: true) is not { } function) continue;
            var name = check.Text(function, "name", $"{at}.function", required: true) ?? "";
            question.Prompt.AddText(name);
            question.Prompt.AddText(check.Text(function, "arguments", $"{at}.function", required: true));
            _waiting[id] = name;
        }
    }

    void ReadResult(JsonObject message, string path)
    {
        var id = check.Text(message, "tool_call_id", path, required: true) ?? "";
        var text = Content(message, path, required: true, "text");
        question.UserText = "";
        question.Media.Clear();
        if (_waiting.Remove(id, out var name)) question.ToolResults.Add((name, text));
        else check.Fail("Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.", $"{path}.role");
    }

    /// <summary>All calls have to be answered before anything else is said.</summary>
    void EndResults(string path)
    {
        if (_waiting.Count > 0)
        {
            check.Fail("An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. "
                + $"The following tool_call_ids did not have response messages: {string.Join(", ", _waiting.Keys)}", $"{path}.role");
        }
        _waiting.Clear();
    }

    string Content(JsonObject message, string path, bool required, params string[] kinds)
    {
        if (message["content"] is not JsonArray parts)
        {
            var whole = check.Text(message, "content", path, required) ?? "";
            question.Prompt.AddText(whole);
            return whole;
        }
        var text = "";
        foreach (var (part, at) in check.Objects(parts, $"{path}.content"))
        {
            switch (check.OneOf(part, "type", at, true, kinds))
            {
                case "text" or "refusal":
                    var piece = check.Text(part, (string)part["type"]!, at, required: true);
                    question.Prompt.AddText(piece);
                    text += piece;
                    break;
                case "image_url":
                    ReadImage(part, at);
                    break;
                case "document_url":
                    AddMedia("document", check.Text(part, "document_url", at, required: true));
                    break;
                case "input_audio" when check.Object(part, "input_audio", at, required: true) is { } audio:
                    check.OneOf(audio, "format", $"{at}.input_audio", true, "wav", "mp3");
                    AddMedia("audio", check.Text(audio, "data", $"{at}.input_audio", required: true));
                    break;
                case "file" when check.Object(part, "file", at, required: true) is { } file:
                    var bytes = check.Text(file, "file_data", $"{at}.file");
                    var id = check.Text(file, "file_id", $"{at}.file", required: bytes is null);
                    if (bytes is not null) check.Text(file, "filename", $"{at}.file", required: true);
                    if (bytes?.StartsWith("data:", StringComparison.Ordinal) == false)
                        check.Fail($"Invalid '{at}.file.file_data': expected a base64-encoded data URL with an application/pdf MIME "
                            + "type.", at, "invalid_value");
                    AddMedia("document", bytes ?? id);
                    break;
            }
        }
        return text;
    }

    void ReadImage(JsonObject part, string path)
    {
        // Mistral takes the address itself in place of an object.
        if (models.IsMistral && MockJson.IsText(part["image_url"]))
        {
            AddMedia("image", part["image_url"]!.GetValue<string>());
            return;
        }
        if (check.Object(part, "image_url", path, required: true) is not { } image) return;
        check.OneOf(image, "detail", $"{path}.image_url", false, "auto", "low", "high");
        var url = check.Text(image, "url", $"{path}.image_url", required: true) ?? "";
        if (!url.StartsWith("http://", StringComparison.Ordinal) && !url.StartsWith("https://", StringComparison.Ordinal)
            && !(url.StartsWith("data:image/", StringComparison.Ordinal) && url.Contains(";base64,", StringComparison.Ordinal)))
        {
            check.Fail("Invalid image URL. The URL must be a valid HTTP or HTTPS URL, or a data URL with base64 "
                + "encoding.", $"{path}.image_url.url", "invalid_value");
        }
        AddMedia("image", url);
    }

    void AddMedia(string kind, string? source)
    {
        question.Media.Add(kind);
        question.Prompt.AddMedia(source);
    }
}
