using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Weir.Server;

/// <summary>The conversation of a Converse request: one member a block, turns that alternate, results for every call, thoughts as they were.</summary>
/// <param name="check">Where problems go.</param>
/// <param name="question">Where the rest goes.</param>
/// <param name="hasTools">The request defines tools.</param>
sealed partial class BedrockTurns(MockCheck check, MockQuestion question, bool hasTools)
{
    static readonly string[] s_kinds =
    [
        "text", "image", "document", "video", "audio", "toolUse", "toolResult", "reasoningContent", "cachePoint", "guardContent", "citationsContent",
        "searchResult",
    ];

    /// <summary>Calls of the turn before, by id, with the tools' names.</summary>
    Dictionary<string, string> _calls = [];

    public void Read(JsonArray? messages)
    {
        if (messages?.Count == 0) check.Fail("A conversation must start with a user message. Try again with a conversation that starts with a user message.");
        string? before = null;
        var index = 0;
        foreach (var (message, path) in check.Objects(messages, "messages"))
        {
            var role = check.OneOf(message, "role", path, true, "user", "assistant");
            if (before is null && role == "assistant")
                check.Fail("A conversation must start with a user message. Try again with a conversation that starts with a user message.");
            if (role == before && role is not null)
            {
                check.Fail("A conversation must alternate between user and assistant roles. Make sure the conversation alternates between user and assistant "
                    + "roles and try again.");
            }
            before = role;
            var content = check.Array(message, "content", path, required: true);
            if (content?.Count == 0)
                check.Fail($"The content field in the Message object at messages.{index} is empty. Add a ContentBlock object to the content field "
                    + "and try again.");
            ReadTurn(check.Objects(content, $"{path}.content"), role == "user", index++);
        }
    }

    void ReadTurn(IEnumerable<(JsonObject Block, string Path)> blocks, bool isUser, int index)
    {
        var asked = isUser ? _calls : [];
        var answered = 0;
        _calls = [];
        question.ToolResults.Clear();
        if (isUser) question.Media.Clear();
        var text = new StringBuilder();
        foreach (var (block, path) in blocks)
        {
            var kind = block.Count == 1 ? s_kinds.FirstOrDefault(block.ContainsKey) : null;
            string? mark = null;
            if (kind is null) check.Fail($"The ContentBlock object at {Dotted(path)} must set one of the following keys: {string.Join(", ", s_kinds)}.");
            else if (kind == "text") ReadText(block, path, text);
            else if (kind == "cachePoint") mark = BedrockReader.Mark(check.Object(block, kind, path) ?? [], check, $"{path}.cachePoint");
            else if (kind == "toolResult") answered += ReadResult(check.Object(block, kind, path) ?? [], $"{path}.toolResult", asked) ? 1 : 0;
            else ReadOther(kind, check.Object(block, kind, path) ?? [], $"{path}.{kind}", isUser);
            question.Prompt.EndBlock(mark);
        }
        if (answered < asked.Count)
            check.Fail($"Expected toolResult blocks at messages.{index}.content for the following Ids: {string.Join(", ", asked.Keys)}");
        if (isUser) question.UserText = text.ToString();
    }

    void ReadText(JsonObject block, string path, StringBuilder text)
    {
        var piece = check.Text(block, "text", path);
        if (string.IsNullOrWhiteSpace(piece))
            check.Fail($"The text field in the ContentBlock object at {Dotted(path)} is blank. Add text to the text field, and try again.");
        text.Append(piece);
        question.Prompt.AddText(piece);
    }

    void ReadOther(string kind, JsonObject block, string path, bool isUser)
    {
        switch (kind)
        {
            case "image" or "document" or "video" or "audio" when isUser:
                ReadMedia(kind, block, path);
                break;
            case "toolUse" when !isUser:
                if (!hasTools) NeedTools();
                var name = check.Text(block, "name", path, required: true) ?? "";
                _calls[check.Text(block, "toolUseId", path, required: true) ?? ""] = name;
                question.Prompt.AddText(name);
                question.Prompt.AddText(check.Object(block, "input", path, required: true)?.ToJsonString(MockJson.Relaxed));
                break;
            case "reasoningContent" when !isUser:
                ReadThought(block, path);
                break;
            case "image" or "document" or "video" or "audio" or "toolUse" or "reasoningContent":
                check.Fail($"The {kind} block at {Dotted(path)} is not allowed in a message of this role.");
                break;
        }
    }

    void ReadThought(JsonObject block, string path)
    {
        if (check.Text(block, "redactedContent", path) is { } closed)
        {
            if (!MockSeal.Opens(closed)) check.Fail($"The model returned the following errors: {Dotted(path)}: Invalid `data` in `redacted_thinking` block");
            return;
        }
        var thought = check.Object(block, "reasoningText", path, required: true) ?? [];
        if (!MockSeal.IsGood(check.Text(thought, "text", path, required: true) ?? "", check.Text(thought, "signature", path)))
            check.Fail($"The model returned the following errors: {Dotted(path)}: Invalid `signature` in `thinking` block");
    }

    bool ReadResult(JsonObject result, string path, Dictionary<string, string> asked)
    {
        if (!hasTools) NeedTools();
        var id = check.Text(result, "toolUseId", path, required: true) ?? "";
        check.OneOf(result, "status", path, false, "success", "error");
        if (!asked.TryGetValue(id, out var name))
        {
            check.Fail($"The number of toolResult blocks at {Dotted(path)} exceeds the number of toolUse blocks of previous turn.");
            return false;
        }
        var text = new StringBuilder();
        foreach (var (part, at) in check.Objects(check.Array(result, "content", path, required: true), $"{path}.content"))
        {
            if (part.Count != 1) check.Fail($"The ToolResultContentBlock object at {Dotted(at)} must set exactly one key.");
            if (part["text"] is not null) text.Append(check.Text(part, "text", at));
            else if (part["json"] is { } json) text.Append(json.ToJsonString(MockJson.Relaxed));
            else if (part["image"] is not null) ReadMedia("image", check.Object(part, "image", at) ?? [], $"{at}.image");
            else if (part["document"] is not null) ReadMedia("document", check.Object(part, "document", at) ?? [], $"{at}.document");
        }
        question.Prompt.AddText(text.ToString());
        question.ToolResults.Add((name, text.ToString()));
        return true;
    }

    void ReadMedia(string kind, JsonObject media, string path)
    {
        IReadOnlyList<string> formats = kind switch
        {
            "image" => ["png", "jpeg", "gif", "webp"],
            "document" => ["pdf", "csv", "doc", "docx", "xls", "xlsx", "html", "txt", "md"],
            "video" => ["mkv", "mov", "mp4", "webm", "flv", "mpeg", "mpg", "wmv", "three_gp"],
            _ => ["mp3", "opus", "wav", "aac", "flac", "mp4", "ogg", "mkv", "webm", "m4a"],
        };
        check.OneOf(media, "format", path, kind != "document", formats);
        if (kind == "document" && !Names().IsMatch(check.Text(media, "name", path, required: true) ?? ""))
        {
            check.Fail("The model returned the following errors: The document file name can only contain alphanumeric characters, whitespace "
                + "characters, hyphens, parentheses, and square brackets. The name can't contain more than one consecutive whitespace character.");
        }
        var source = check.Object(media, "source", path, required: true) ?? [];
        var bytes = check.Text(source, "bytes", $"{path}.source");
        if (bytes is not null && !Convert.TryFromBase64String(bytes, new byte[bytes.Length], out _))
            check.Fail($"Malformed input request: #/{path}/source/bytes: no base64");
        if (bytes is null && source["s3Location"] is null && source["text"] is null && source["content"] is null) check.RequireMissing($"{path}.source");
        question.Media.Add(kind);
        question.Prompt.AddMedia(bytes ?? source.ToJsonString());
    }

    void NeedTools() => check.Fail("The toolConfig field must be defined when using toolUse and toolResult content blocks.");

    static string Dotted(string path) => path.Replace("[", ".", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal);

    [GeneratedRegex(@"^[a-zA-Z0-9()\[\]-]+( [a-zA-Z0-9()\[\]-]+)*$")]
    private static partial Regex Names();
}
