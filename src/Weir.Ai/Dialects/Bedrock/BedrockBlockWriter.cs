using System.Globalization;
using System.Text.Json;

namespace Weir.Ai;

/// <summary>Writes content blocks, and says of each part beforehand whether there is a block for it.</summary>
sealed class BedrockBlockWriter(DialectName source, ModelTarget target, Losses losses, Utf8JsonWriter writer)
{
    int _documents;

    bool IsOwn => source == DialectName.Bedrock;

    bool IsClaude => BedrockModelFields.FamilyOf(target) is ModelFamily.Claude or ModelFamily.Other;

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
            _ when IsOwn => null,
            _ when role is Role.System or Role.Assistant => BedrockMedia.LossOf(part),
            _ => BedrockMedia.CanSay(part) ? null : BedrockMedia.LossOf(part),
        };
        if (loss is { Length: > 0 }) losses.Add(loss);
        return loss is null;
    }

    public void Write(Part part)
    {
        if (part is OpaquePart opaque)
        {
            opaque.Json.WriteTo(writer);
        }
        else
        {
            writer.WriteStartObject();
            WriteBody(part);
            writer.WriteEndObject();
        }
        WriteCachePoint(writer, part.Cache ?? InnerMark(part));
    }

    public static void WriteCachePoint(Utf8JsonWriter writer, CacheMark? mark)
    {
        if (mark is null) return;
        writer.WriteStartObject();
        writer.WriteStartObject("cachePoint"u8);
        writer.WriteString("type"u8, "default"u8);
        if (mark.Ttl is not null) writer.WriteString("ttl"u8, mark.Ttl);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    void WriteBody(Part part)
    {
        switch (part)
        {
            case TextPart text:
                WriteText(text);
                break;
            case RefusalPart refusal:
                WireText.Write(writer, "text"u8, refusal.Text);
                break;
            case ToolCallPart call:
                writer.WriteStartObject("toolUse"u8);
                WireText.Write(writer, "toolUseId"u8, Id(call.Id));
                WireText.Write(writer, "name"u8, call.Name);
                writer.WritePropertyName("input"u8);
                ToolArguments.WriteObject(writer, call.Arguments, IsOwn);
                if (call.Signature is not null && !IsOwn) losses.Add("messages.signature");
                EndWithExtras(part);
                break;
            case ToolResultPart result:
                WriteResult(result);
                break;
            case ReasoningPart reasoning:
                WriteReasoning(reasoning);
                break;
            default:
                BedrockMedia.Write(writer, part, IsOwn, ref _documents);
                EndWithExtras(part);
                break;
        }
    }

    void WriteText(TextPart text)
    {
        if (text.Annotations.IsEmpty || !IsOwn)
        {
            if (!text.Annotations.IsEmpty) losses.Add("messages.annotations");
            if (!IsOwn) losses.Add("messages", text.Extras);
            WireText.Write(writer, "text"u8, text.Text);
            return;
        }
        writer.WriteStartObject("citationsContent"u8);
        writer.WriteStartArray("content"u8);
        writer.WriteStartObject();
        WireText.Write(writer, "text"u8, text.Text);
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WritePropertyName("citations"u8);
        text.Annotations.WriteTo(writer);
        writer.WriteEndObject();
    }

    void WriteResult(ToolResultPart result)
    {
        writer.WriteStartObject("toolResult"u8);
        WireText.Write(writer, "toolUseId"u8, Id(result.CallId));
        writer.WriteStartArray("content"u8);
        var any = false;
        foreach (var part in result.Content)
        {
            if (part is not OpaquePart { Kind: "json" } && !IsTaken(part, Role.User)) continue;
            any = true;
            if (part is OpaquePart { Kind: "json" } json)
            {
                writer.WriteStartObject();
                writer.WritePropertyName("json"u8);
                json.Json.WriteTo(writer);
                writer.WriteEndObject();
            }
            else
            {
                Write(part with { Cache = null });
            }
        }
        if (!any && !IsOwn) Write(new TextPart("(no content)"));
        writer.WriteEndArray();
        if (result.IsError) writer.WriteString("status"u8, "error"u8);
        EndWithExtras(result);
    }

    void WriteReasoning(ReasoningPart reasoning)
    {
        writer.WriteStartObject("reasoningContent"u8);
        if (reasoning.Encrypted is { } encrypted)
        {
            WireText.Write(writer, "redactedContent"u8, encrypted);
        }
        else
        {
            writer.WriteStartObject("reasoningText"u8);
            WireText.Write(writer, "text"u8, reasoning.Text);
            if (reasoning.Signature is { } signature) WireText.Write(writer, "signature"u8, signature);
            EndWithExtras(reasoning);
        }
        writer.WriteEndObject();
    }

    void EndWithExtras(Part part)
    {
        if (IsOwn) ExtraFields.WriteFields(writer, part.Extras);
        else losses.Add("messages", part.Extras);
        writer.WriteEndObject();
    }

    /// <summary>A mark within a tool's result: there is no place for it there, so it stands behind the result.</summary>
    static CacheMark? InnerMark(Part part)
    {
        if (part is not ToolResultPart result) return null;
        foreach (var inner in result.Content)
            if (inner.Cache is { } mark) return mark;
        return null;
    }

    string? ReasoningLoss(ReasoningPart reasoning)
    {
        if (IsOwn) return null;
        var isSigned = reasoning.Encrypted is not null || !string.IsNullOrEmpty(reasoning.Signature);
        if (isSigned) return IsOwn || (IsClaude && AnthropicThinking.IsClaudes(source, reasoning)) ? null : "messages.signature";
        return reasoning.Text.Length == 0 ? "" : "messages.reasoning";
    }

    bool IsEmpty(string text) => !IsOwn && string.IsNullOrWhiteSpace(text);

    string Id(string id) => IsOwn ? id : ToolArguments.SafeId(id);

    /// <summary>A name for a document that has none, or one that Bedrock does not take; no two are alike.</summary>
    internal static string DocumentName(string? name, int number)
    {
        if (string.IsNullOrWhiteSpace(name)) return string.Create(CultureInfo.InvariantCulture, $"document-{number}");
        var safe = string.Concat(name.Select(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '(' or ')' or '[' or ']' ? c : ' '));
        safe = string.Join(' ', safe.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        if (safe.Length > 180) safe = safe[..180];
        return safe.Length == 0 ? DocumentName(null, number)
            : number == 1 ? safe
            : string.Create(CultureInfo.InvariantCulture, $"{safe} [{number}]");
    }
}
