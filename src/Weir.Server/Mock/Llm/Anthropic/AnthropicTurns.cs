using System.Text;
using System.Text.Json.Nodes;

namespace Weir.Server;

/// <summary>
/// The conversation of a Messages request: turns alternate, every call is answered in the next turn, thoughts come back as they were. Anthropic itself joins
/// neighbouring turns of one role; here they are refused, because only a careless translation makes them.
/// </summary>
/// <param name="check">Where problems go.</param>
/// <param name="question">Where the rest goes.</param>
/// <param name="thinks">Thinking is on: the turn that called tools has to begin with its thoughts.</param>
sealed class AnthropicTurns(MockCheck check, MockQuestion question, bool thinks)
{
    static readonly string[] s_imageTypes = ["image/jpeg", "image/png", "image/gif", "image/webp"];

    /// <summary>Calls of the turn before, by id, with the tools' names.</summary>
    Dictionary<string, string> _calls = [];

    public void Read(JsonArray? messages)
    {
        if (messages?.Count == 0) check.Fail("messages: at least one message is required");
        string? before = null;
        for (var i = 0; i < (messages?.Count ?? 0); i++)
        {
            if (messages![i] is not JsonObject message)
            {
                check.RequireType($"messages[{i}]", "object", messages[i] ?? new JsonObject());
                continue;
            }
            var role = check.Text(message, "role", $"messages[{i}]", required: true);
            if (role == "system")
                check.Fail("messages: Unexpected role \"system\". The Messages API accepts a top-level `system` parameter, not \"system\" as an "
                    + "input message role.");
            else if (role is not ("user" or "assistant" or null))
                check.Fail($"messages: Unexpected role \"{role}\". Allowed roles are \"user\" or \"assistant\"");
            if (before is null && role == "assistant") check.Fail("messages: first message must use the \"user\" role");
            if (role == before && role is not null)
                check.Fail($"messages: roles must alternate between \"user\" and \"assistant\", but found multiple \"{role}\" roles in a row");
            before = role;
            ReadTurn(message, role == "user", i, i == messages.Count - 1);
        }
    }

    void ReadTurn(JsonObject message, bool isUser, int index, bool isLast)
    {
        var path = $"messages[{index}]";
        var asked = isUser ? _calls : [];
        var unanswered = new HashSet<string>(asked.Keys);
        _calls = [];
        question.ToolResults.Clear();
        if (isUser) question.Media.Clear();
        var text = new StringBuilder();
        if (message["content"] is JsonArray blocks)
        {
            if (blocks.Count == 0 && !(isLast && !isUser))
                check.Fail($"messages.{index}: all messages must have non-empty content except for the optional final assistant message");
            var wasOther = false;
            foreach (var (block, at) in check.Objects(blocks, $"{path}.content"))
            {
                var type = check.Text(block, "type", at, required: true);
                if (type == "tool_result" && !wasOther) ReadResult(block, at, asked, unanswered);
                else if (type == "tool_result") break;
                else wasOther |= ReadBlock(block, type, at, isUser, text);
                question.Prompt.EndBlock(AnthropicReader.Mark(block, at, check));
            }
            if (!isUser && thinks && _calls.Count > 0 && blocks[0]?["type"]?.ToString() is not ("thinking" or "redacted_thinking"))
            {
                check.Fail($"messages.{index}.content.0.type: Expected `thinking` or `redacted_thinking`, but found `{blocks[0]?["type"]}`. When `thinking` is "
                    + "enabled, a final `assistant` message must start with a thinking block (preceeding the lastmost set of `tool_use` and "
                    + "`tool_result` blocks).");
            }
        }
        else
        {
            var whole = check.Text(message, "content", path, required: true);
            if (whole?.Length == 0) check.Fail($"messages.{index}: all messages must have non-empty content except for the optional final assistant message");
            text.Append(whole);
            question.Prompt.AddText(whole);
            question.Prompt.EndBlock();
        }
        if (unanswered.Count > 0)
        {
            check.Fail($"messages.{index - 1}: `tool_use` ids were found without `tool_result` blocks immediately after: {string.Join(", ", unanswered)}. "
                + "Each `tool_use` block must have a corresponding `tool_result` block in the next message.");
        }
        if (isUser) question.UserText = text.ToString();
        else if (isLast && text.Length > 0 && char.IsWhiteSpace(text[^1])) check.Fail("messages: final assistant content cannot end with trailing whitespace");
    }

    /// <summary>Reads a block other than a result; true when it is one that results may not follow.</summary>
    bool ReadBlock(JsonObject block, string? type, string path, bool isUser, StringBuilder text)
    {
        switch (type)
        {
            case "text":
                var piece = check.Text(block, "text", path, required: true);
                if (piece?.Length == 0) check.Fail("messages: text content blocks must be non-empty");
                text.Append(piece);
                question.Prompt.AddText(piece);
                break;
            case "image" or "document" when isUser:
                AddMedia(block, type, path);
                break;
            case "tool_use" when !isUser:
                var name = check.Text(block, "name", path, required: true) ?? "";
                _calls[check.Text(block, "id", path, required: true) ?? ""] = name;
                question.Prompt.AddText(name);
                question.Prompt.AddText(check.Object(block, "input", path, required: true)?.ToJsonString(MockJson.Relaxed));
                break;
            case "thinking" when !isUser:
                var thought = check.Text(block, "thinking", path, required: true) ?? "";
                if (!MockSeal.IsGood(thought, check.Text(block, "signature", path, required: true)))
                    check.Fail($"{Dotted(path)}: Invalid `signature` in `thinking` block");
                break;
            case "redacted_thinking" when !isUser:
                if (!MockSeal.Opens(check.Text(block, "data", path, required: true) ?? ""))
                    check.Fail($"{Dotted(path)}: Invalid `data` in `redacted_thinking` block");
                break;
            case "search_result" or "container_upload" when isUser:
            case "compaction" or "server_tool_use" or "mcp_tool_use" or "mcp_tool_result" when !isUser:
                break;
            case not null when !isUser && type.EndsWith("_tool_result", StringComparison.Ordinal):
                break;
            default:
                check.Fail($"{Dotted(path)}: Input tag '{type}' found using 'type' does not match any of the expected tags");
                break;
        }
        return true;
    }

    void ReadResult(JsonObject block, string path, Dictionary<string, string> asked, HashSet<string> unanswered)
    {
        var id = check.Text(block, "tool_use_id", path, required: true) ?? "";
        check.Flag(block, "is_error", path);
        if (!asked.TryGetValue(id, out var name))
        {
            check.Fail($"{Dotted(path)}: unexpected `tool_use_id` found in `tool_result` blocks: {id}. "
                + "Each `tool_result` block must have a corresponding `tool_use` block in the previous message.");
            return;
        }
        unanswered.Remove(id);
        var text = new StringBuilder();
        if (block["content"] is JsonArray parts)
        {
            foreach (var (part, at) in check.Objects(parts, $"{path}.content"))
            {
                if (part["type"]?.ToString() is "image" or "document") AddMedia(part, part["type"]!.ToString(), at);
                else if (part["type"]?.ToString() == "text") text.Append(check.Text(part, "text", at, required: true));
                else check.OneOf(part, "type", at, true, "text", "image", "document", "search_result", "tool_reference");
            }
        }
        else
        {
            text.Append(check.Text(block, "content", path));
        }
        question.Prompt.AddText(text.ToString());
        question.ToolResults.Add((name, text.ToString()));
    }

    void AddMedia(JsonObject block, string type, string path)
    {
        if (check.Object(block, "source", path, required: true) is not { } source) return;
        string[] kinds = type == "image" ? ["base64", "url", "file"] : ["base64", "url", "file", "text", "content"];
        var at = $"{path}.source";
        var kind = check.OneOf(source, "type", at, true, kinds);
        if (kind == "base64") check.OneOf(source, "media_type", at, true, type == "image" ? s_imageTypes : ["application/pdf"]);
        var bytes = kind switch
        {
            "url" => check.Text(source, "url", at, required: true),
            "file" => check.Text(source, "file_id", at, required: true),
            "content" => source["content"]?.ToJsonString(),
            _ => check.Text(source, "data", at, required: true),
        };
        if (kind == "base64" && bytes is not null && !Convert.TryFromBase64String(bytes, new byte[bytes.Length], out _))
            check.Fail($"{Dotted(at)}.base64.data: invalid base64 data");
        question.Media.Add(type);
        question.Prompt.AddMedia(bytes);
    }

    static string Dotted(string path) => path.Replace("[", ".", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal);
}
