using System.Text;
using System.Text.Json;

namespace Weir.Ai;

/// <summary>Reads messages and their content blocks. A block of an unknown type, or of a known one with an unknown source, is kept whole.</summary>
static class AnthropicBlockReader
{
    /// <summary>Reads a message. Results of tools, which stand in the user's messages here, become messages of their own role.</summary>
    public static void AddMessage(WireObject wire, List<Message> messages)
    {
        Role? role = wire.RequiredText("role") switch
        {
            "user" => Role.User,
            "assistant" => Role.Assistant,
            "system" => Role.System,
            _ => null,
        };
        if (role is null && wire.Has("role")) wire.Problem("role", "must be user, assistant or system");
        if (!wire.Has("content")) wire.Missing("content");
        var message = Message(wire, "content", role ?? Role.User);
        message.Extras.AddRange(wire.Rest());
        ToolMessages.Split(message, messages);
    }

    /// <summary>A message whose content is a field: a string, or an array of blocks.</summary>
    public static Message Message(WireObject wire, string field, Role role)
    {
        var message = new Message { Role = role };
        AddContent(wire, field, message.Parts);
        return message;
    }

    /// <summary>The cache mark of a block or a tool. One with more to say than type and ttl stays among the extras.</summary>
    public static CacheMark? Cache(WireObject wire)
    {
        if (!wire.Has("cache_control") || IsUnusual(wire.Element)) return null;
        if (wire.Object("cache_control") is not { } mark) return null;
        if (mark.RequiredText("type") != "ephemeral") mark.Problem("type", "must be ephemeral");
        return new CacheMark(mark.Text("ttl"));
    }

    static bool IsUnusual(JsonElement wire)
    {
        if (wire.ObjectField("cache_control"u8) is not { } mark) return false;
        foreach (var field in mark.EnumerateObject())
            if (!field.NameEquals("type"u8) && !field.NameEquals("ttl"u8)) return true;
        return false;
    }

    static void AddContent(WireObject wire, string field, List<Part> parts)
    {
        if (wire.Element.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.String)
        {
            parts.Add(new TextPart(wire.Text(field)!));
            return;
        }
        foreach (var block in wire.Objects(field)) parts.Add(Block(block));
    }

    static Part Block(WireObject block)
    {
        var type = block.RequiredText("type");
        Part? part = type switch
        {
            "text" => new TextPart(block.RequiredText("text")) { Annotations = block.Raw("citations") },
            "image" => Image(block),
            "document" => Document(block),
            "tool_use" => ToolUse(block),
            "tool_result" => ToolResult(block),
            "thinking" => new ReasoningPart(block.RequiredText("thinking")) { Signature = block.Text("signature") },
            "redacted_thinking" => new ReasoningPart("") { Encrypted = block.RequiredText("data") },
            _ => null,
        };
        return part is null ? new OpaquePart(type, WireObject.Copy(block.Element)) : part with { Cache = Cache(block), Extras = block.Rest() };
    }

    static ImagePart? Image(WireObject block) => Source(block) is { } media ? new ImagePart(media) : null;

    static DocumentPart? Document(WireObject block)
    {
        if (Source(block) is not { } media) return null;
        var citations = block.Object("citations");
        return new DocumentPart(media)
        {
            FileName = block.Text("title"),
            Context = block.Text("context"),
            Citations = citations?.Flag("enabled"),
        };
    }

    static Media? Source(WireObject block)
    {
        if (block.Object("source") is not { } source)
        {
            if (!block.Has("source")) block.Missing("source");
            return new Media();
        }
        Media? media = source.RequiredText("type") switch
        {
            "base64" => new Media { MimeType = source.RequiredText("media_type"), Base64 = source.RequiredText("data") },
            "url" => new Media { Url = source.RequiredText("url") },
            "file" => new Media { FileId = source.RequiredText("file_id") },
            "text" => new Media
            {
                MimeType = source.Text("media_type") ?? "text/plain",
                Base64 = Convert.ToBase64String(Encoding.UTF8.GetBytes(source.RequiredText("data"))),
            },
            _ => null,
        };
        return source.Rest().Count == 0 ? media : null;
    }

    static ToolCallPart ToolUse(WireObject block)
    {
        var input = block.Any("input");
        if (input is null) block.Missing("input");
        return new ToolCallPart(block.RequiredText("id"), block.RequiredText("name"), input?.GetRawText() ?? "");
    }

    static ToolResultPart ToolResult(WireObject block)
    {
        List<Part> content = [];
        AddContent(block, "content", content);
        return new ToolResultPart(block.RequiredText("tool_use_id"), content) { IsError = block.Flag("is_error") ?? false };
    }
}
