using System.Text.Json;

namespace Weir.Ai;

/// <summary>Writes content blocks, and says of each part beforehand whether there is a block for it.</summary>
sealed class AnthropicBlockWriter(DialectName source, ModelTarget target, Losses losses, Utf8JsonWriter writer)
{
    bool IsOwn => source == DialectName.Anthropic;

    /// <summary>Whether a part can be written into a message of that role. A part that cannot is named as a loss, an empty text is just left out.</summary>
    public bool IsTaken(Part part, Role role)
    {
        var loss = part switch
        {
            TextPart text => IsEmpty(text.Text) ? (text.Cache is null ? "" : "messages.cache_control") : null,
            RefusalPart refusal => IsEmpty(refusal.Text) ? "" : null,
            OpaquePart opaque => IsOwn ? null : $"messages.{opaque.Kind}",
            ReasoningPart reasoning => ReasoningLoss(reasoning),
            ToolCallPart or ToolResultPart => null,
            _ when role is Role.System or Role.Assistant && !IsOwn => MediaName(part),
            ImagePart image => IsSayable(image.Media) ? null : "messages.image",
            DocumentPart document => IsSayable(document.Media) && AnthropicDocument.IsTaken(document, IsOwn) ? null : "messages.file",
            _ => MediaName(part),
        };
        if (loss is { Length: > 0 }) losses.Add(loss);
        return loss is null;
    }

    /// <summary>Content: a string where one plain text is all, else blocks.</summary>
    public void WriteContent(IReadOnlyList<Part> parts)
    {
        if (parts is [TextPart { Cache: null, Extras.Count: 0, Annotations.IsEmpty: true } only])
        {
            WireText.Write(writer, only.Text);
            return;
        }
        writer.WriteStartArray();
        foreach (var part in parts) WriteBlock(part);
        writer.WriteEndArray();
    }

    public static void WriteCache(Utf8JsonWriter writer, CacheMark? mark)
    {
        if (mark is null) return;
        writer.WriteStartObject("cache_control"u8);
        writer.WriteString("type"u8, "ephemeral"u8);
        if (mark.Ttl is not null) writer.WriteString("ttl"u8, mark.Ttl);
        writer.WriteEndObject();
    }

    /// <summary>A source of bytes: base64, address or file.</summary>
    public static void WriteSource(Utf8JsonWriter writer, Media media, string mimeType)
    {
        writer.WriteStartObject("source"u8);
        if (media.Base64 is not null)
        {
            writer.WriteString("type"u8, "base64"u8);
            writer.WriteString("media_type"u8, mimeType);
            writer.WriteString("data"u8, media.Base64);
        }
        else if (media.Url is not null)
        {
            writer.WriteString("type"u8, "url"u8);
            WireText.Write(writer, "url"u8, media.Url);
        }
        else
        {
            writer.WriteString("type"u8, "file"u8);
            WireText.Write(writer, "file_id"u8, media.FileId ?? "");
        }
        writer.WriteEndObject();
    }

    void WriteBlock(Part part)
    {
        if (part is OpaquePart opaque)
        {
            opaque.Json.WriteTo(writer);
            return;
        }
        writer.WriteStartObject();
        switch (part)
        {
            case TextPart text:
                writer.WriteString("type"u8, "text"u8);
                WireText.Write(writer, "text"u8, text.Text);
                WriteAnnotations(text);
                break;
            case RefusalPart refusal:
                writer.WriteString("type"u8, "text"u8);
                WireText.Write(writer, "text"u8, refusal.Text);
                break;
            case ImagePart image:
                writer.WriteString("type"u8, "image"u8);
                WriteSource(writer, image.Media, image.Media.MimeType ?? ImageType.Of(image.Media.Base64) ?? "image/png");
                if (image.Detail is not (null or "auto")) losses.Add("messages.image.detail");
                break;
            case DocumentPart document:
                AnthropicDocument.Write(writer, document);
                break;
            case ToolCallPart call:
                WriteCall(call);
                break;
            case ToolResultPart result:
                WriteResult(result);
                break;
            case ReasoningPart reasoning:
                WriteReasoning(reasoning);
                break;
            default:
                break;
        }
        WriteCache(writer, part.Cache);
        if (IsOwn) ExtraFields.WriteFields(writer, part.Extras);
        else losses.Add("messages", part.Extras);
        writer.WriteEndObject();
    }

    void WriteAnnotations(TextPart text)
    {
        if (text.Annotations.IsEmpty) return;
        if (!IsOwn)
        {
            losses.Add("messages.annotations");
            return;
        }
        writer.WritePropertyName("citations"u8);
        text.Annotations.WriteTo(writer);
    }

    void WriteCall(ToolCallPart call)
    {
        writer.WriteString("type"u8, "tool_use"u8);
        WireText.Write(writer, "id"u8, Id(call.Id));
        WireText.Write(writer, "name"u8, call.Name);
        writer.WritePropertyName("input"u8);
        ToolArguments.WriteObject(writer, call.Arguments, IsOwn);
        if (call.Signature is not null && !IsOwn) losses.Add("messages.signature");
    }

    void WriteResult(ToolResultPart result)
    {
        writer.WriteString("type"u8, "tool_result"u8);
        WireText.Write(writer, "tool_use_id"u8, Id(result.CallId));
        if (result.IsError) writer.WriteBoolean("is_error"u8, true);
        List<Part> content = [];
        foreach (var part in result.Content)
        {
            if (part is OpaquePart { Kind: "json" } json && !IsOwn) content.Add(new TextPart(ToolResultText.Of(json)));
            else if (IsTaken(part, Role.User)) content.Add(part);
        }
        if (content.Count == 0) return;
        writer.WritePropertyName("content"u8);
        WriteContent(content);
    }

    void WriteReasoning(ReasoningPart reasoning)
    {
        if (reasoning.Encrypted is { } encrypted)
        {
            writer.WriteString("type"u8, "redacted_thinking"u8);
            WireText.Write(writer, "data"u8, encrypted);
            return;
        }
        writer.WriteString("type"u8, "thinking"u8);
        WireText.Write(writer, "thinking"u8, reasoning.Text);
        if (reasoning.Signature is { } signature) WireText.Write(writer, "signature"u8, signature);
    }

    /// <summary>Claude takes back its own thoughts alone, which are signed. Others that speak this wire may not sign.</summary>
    string? ReasoningLoss(ReasoningPart reasoning)
    {
        if (IsOwn && !target.Model.Contains("claude", StringComparison.OrdinalIgnoreCase)) return null;
        var isSigned = reasoning.Encrypted is not null || !string.IsNullOrEmpty(reasoning.Signature);
        if (isSigned) return AnthropicThinking.IsClaudes(source, reasoning) ? null : "messages.signature";
        return reasoning.Text.Length == 0 ? "" : "messages.reasoning";
    }

    bool IsEmpty(string text) => IsOwn ? text.Length == 0 : string.IsNullOrWhiteSpace(text);

    bool IsSayable(Media media) => media.FileId is null ? media.Base64 is not null || media.Url is not null : IsOwn;

    /// <summary>An id of the characters that Anthropic takes: those of other providers may have others.</summary>
    string Id(string id) => IsOwn ? id : ToolArguments.SafeId(id);

    static string MediaName(Part part) => part switch
    {
        ImagePart => "messages.image",
        AudioPart => "messages.audio",
        VideoPart => "messages.video",
        DocumentPart => "messages.file",
        _ => "messages.content",
    };
}
