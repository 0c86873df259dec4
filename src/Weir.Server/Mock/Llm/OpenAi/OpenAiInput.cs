using System.Text.Json.Nodes;

namespace Weir.Server;

/// <summary>Input of a Responses request: a text, or items: messages, calls with their outputs, thoughts that come back closed.</summary>
sealed class OpenAiInput(MockCheck check, MockQuestion question)
{
    readonly Dictionary<string, string> _waiting = [];

    public void Read(JsonNode? input)
    {
        if (MockJson.IsText(input))
        {
            question.UserText = input!.GetValue<string>();
            question.Prompt.AddText(question.UserText);
            question.Prompt.EndBlock();
            return;
        }
        if (input is not JsonArray items)
        {
            if (input is null) check.RequireMissing("input");
            else check.RequireType("input", "string", input);
            return;
        }
        foreach (var (item, path) in check.Objects(items, "input"))
        {
            ReadItem(item, path);
            question.Prompt.EndBlock();
        }
        if (_waiting.Count > 0) check.Fail($"No tool output found for function call {_waiting.Keys.First()}.", "input");
    }

    void ReadItem(JsonObject item, string path)
    {
        switch (check.Text(item, "type", path) ?? "message")
        {
            case "message":
                ReadMessage(item, path);
                break;
            case "function_call":
                var name = check.Text(item, "name", path, required: true) ?? "";
                _waiting[check.Text(item, "call_id", path, required: true) ?? ""] = name;
                question.Prompt.AddText(name);
                question.Prompt.AddText(check.Text(item, "arguments", path, required: true));
                question.ToolResults.Clear();
                break;
            case "function_call_output":
                ReadOutput(item, path);
                break;
            case "reasoning":
                if (item["summary"] is null) check.RequireMissing($"{path}.summary");
                if (check.Text(item, "encrypted_content", path) is { } closed && !MockSeal.Opens(closed))
                {
                    check.Fail($"The encrypted content for item {item["id"]} could not be verified. "
                        + "Reason: Encrypted content could not be decrypted or parsed.",
                        null, "invalid_encrypted_content");
                }
                break;
            case "item_reference":
                check.Fail($"Item with id '{item["id"]}' not found.", "input");
                break;
        }
    }

    void ReadMessage(JsonObject item, string path)
    {
        var role = check.OneOf(item, "role", path, true, "assistant", "system", "developer", "user");
        string[] kinds = role == "assistant" ? ["output_text", "refusal"] : ["input_text", "input_image", "input_file", "input_audio"];
        if (role == "user") question.Media.Clear();
        var text = Content(item, "content", path, kinds);
        if (role is "system" or "developer") question.System.Add(text);
        if (role == "user") question.UserText = text;
        question.ToolResults.Clear();
    }

    void ReadOutput(JsonObject item, string path)
    {
        var id = check.Text(item, "call_id", path, required: true) ?? "";
        var text = Content(item, "output", path, ["input_text", "input_image", "input_file"]);
        question.UserText = "";
        question.Media.Clear();
        if (_waiting.Remove(id, out var name)) question.ToolResults.Add((name, text));
        else check.Fail($"No tool call found for function call output with call_id {id}.", "input");
    }

    string Content(JsonObject item, string field, string path, string[] kinds)
    {
        if (item[field] is not JsonArray parts)
        {
            var whole = check.Text(item, field, path, required: true) ?? "";
            question.Prompt.AddText(whole);
            return whole;
        }
        var text = "";
        foreach (var (part, at) in check.Objects(parts, $"{path}.{field}"))
        {
            switch (check.OneOf(part, "type", at, true, kinds))
            {
                case "input_text" or "output_text":
                    text += check.Text(part, "text", at, required: true);
                    break;
                case "refusal":
                    text += check.Text(part, "refusal", at, required: true);
                    break;
                case "input_image":
                    check.OneOf(part, "detail", at, false, "auto", "low", "high");
                    AddMedia("image", check.Text(part, "image_url", at, required: part["file_id"] is null) ?? part["file_id"]?.ToString());
                    break;
                case "input_file":
                    var source = part["file_data"] ?? part["file_url"] ?? part["file_id"];
                    if (source is null) check.RequireMissing($"{at}.file_data");
                    if (part["file_data"] is not null) check.Text(part, "filename", at, required: true);
                    AddMedia("document", source?.ToString());
                    break;
                case "input_audio":
                    AddMedia("audio", part["input_audio"]?["data"]?.ToString());
                    break;
            }
        }
        question.Prompt.AddText(text);
        return text;
    }

    void AddMedia(string kind, string? source)
    {
        question.Media.Add(kind);
        question.Prompt.AddMedia(source);
    }
}
