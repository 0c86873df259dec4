using System.Text;
using System.Text.Json;

namespace Weir.Ai;

/// <summary>
/// Reads messages and their content blocks: each an object with one field that names its kind. A block of a kind that is not known, or with more to say than
/// is, is kept whole.
/// </summary>
static class BedrockBlockReader
{
    /// <summary>Reads a message. Results of tools, which stand in the user's messages here, become messages of their own role.</summary>
    public static void AddMessage(WireObject wire, List<Message> messages)
    {
        Role? role = wire.RequiredText("role") switch { "user" => Role.User, "assistant" => Role.Assistant, _ => null };
        if (role is null && wire.Has("role")) wire.Problem("role", "must be user or assistant");
        if (!wire.Has("content")) wire.Missing("content");
        var message = Message(wire, "content", role ?? Role.User);
        message.Extras.AddRange(wire.Rest());
        ToolMessages.Split(message, messages);
    }

    /// <summary>A message whose content is an array of blocks.</summary>
    public static Message Message(WireObject wire, string field, Role role)
    {
        var message = new Message { Role = role };
        foreach (var block in wire.Objects(field))
        {
            if (CachePoint(block) is { } mark && message.Parts is [.., { Cache: null } last]) message.Parts[^1] = last with { Cache = mark };
            else message.Parts.Add(Block(block));
        }
        return message;
    }

    /// <summary>The mark of a block that is nothing but a cache point; else null.</summary>
    public static CacheMark? CachePoint(WireObject block)
    {
        if (block.Element.ObjectField("cachePoint"u8) is null || block.Object("cachePoint") is not { } point) return null;
        if (point.RequiredText("type") != "default") point.Problem("type", "must be default");
        return new CacheMark(point.Text("ttl"));
    }

    static Part Block(WireObject block)
    {
        var kind = KindOf(block.Element);
        if (kind.Length == 0) block.Problem("text", "or another field that names the kind of the block is required");
        var part = kind switch
        {
            "text" => new TextPart(block.RequiredText("text")),
            "image" or "document" or "video" or "audio" => Media(block, kind),
            "toolUse" => ToolUse(block),
            "toolResult" => ToolResult(block),
            "reasoningContent" => Reasoning(block),
            "citationsContent" => Cited(block),
            _ => (Part?)null,
        };
        return part ?? new OpaquePart(kind, WireObject.Copy(block.Element));
    }

    static string KindOf(JsonElement block)
    {
        foreach (var field in block.EnumerateObject())
            if (field.Value.ValueKind != JsonValueKind.Null) return field.Name;
        return "";
    }

    static Part? Media(WireObject block, string kind)
    {
        if (block.Object(kind) is not { } body) return new TextPart("");
        if (body.Object("source") is not { } source)
        {
            if (!body.Has("source")) body.Missing("source");
            return new TextPart("");
        }
        var format = body.Text("format");
        var type = format is null ? null : BedrockFormats.MimeTypeOf(kind, format);
        var location = source.Object("s3Location");
        Media? media = source.Text("bytes") is { } bytes ? new Media { MimeType = type, Base64 = bytes }
            : location is not null ? new Media { MimeType = type, Url = location.RequiredText("uri") }
            : source.Text("text") is { } text ? new Media { MimeType = type ?? "text/plain", Base64 = Convert.ToBase64String(Encoding.UTF8.GetBytes(text)) }
            : null;
        if (media is null || location?.Rest().Count > 0) return null;
        Part part = kind switch
        {
            "image" => new ImagePart(media),
            "video" => new VideoPart(media),
            "audio" => new AudioPart(media),
            _ => Document(body, media),
        };
        return part with { Extras = body.Rest() };
    }

    static DocumentPart Document(WireObject body, Media media) => new(media)
    {
        FileName = body.RequiredText("name"),
        Context = body.Text("context"),
        Citations = body.Object("citations")?.Flag("enabled"),
    };

    static ToolCallPart? ToolUse(WireObject block)
    {
        if (block.Object("toolUse") is not { } use) return new ToolCallPart("", "", "");
        // A call that the provider answers itself is not the client's to read.
        if (use.Element.TextField("type"u8) == "server_tool_use") return null;
        var input = use.Any("input");
        return new ToolCallPart(use.RequiredText("toolUseId"), use.RequiredText("name"), input?.GetRawText() ?? "") { Extras = use.Rest() };
    }

    static ToolResultPart? ToolResult(WireObject block)
    {
        if (block.Object("toolResult") is not { } result) return new ToolResultPart("", []);
        if (result.Element.TextField("type"u8) is not null) return null;
        List<Part> content = [];
        foreach (var item in result.Objects("content"))
        {
            if (KindOf(item.Element) == "json") content.Add(new OpaquePart("json", item.Raw("json")));
            else content.Add(Block(item));
        }
        var status = result.Text("status");
        if (status is not (null or "success" or "error")) result.Problem("status", "must be success or error");
        return new ToolResultPart(result.RequiredText("toolUseId"), content) { IsError = status == "error", Extras = result.Rest() };
    }

    static ReasoningPart? Reasoning(WireObject block)
    {
        if (block.Object("reasoningContent") is not { } reasoning) return new ReasoningPart("");
        if (reasoning.Text("redactedContent") is { } redacted) return new ReasoningPart("") { Encrypted = redacted };
        return reasoning.Object("reasoningText") is { } text
            ? new ReasoningPart(text.RequiredText("text")) { Signature = text.Text("signature"), Extras = text.Rest() }
            : null;
    }

    static TextPart? Cited(WireObject block)
    {
        if (block.Object("citationsContent") is not { } cited) return new TextPart("");
        return cited.Element.ArrayField("content"u8) is { } content && content.GetArrayLength() == 1 && content[0].TextField("text"u8) is { } text
            ? new TextPart(text) { Annotations = cited.Raw("citations") is { IsEmpty: false } citations ? citations : JsonText.Of("[]") }
            : null;
    }
}
