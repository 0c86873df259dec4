using System.Buffers;
using System.Text.Json;

namespace Weir.Ai;

/// <summary>Writes a whole answer of Converse.</summary>
sealed class BedrockWholeWriter(ReplyShape shape, IBufferWriter<byte> output) : ReplyWriter
{
    readonly BedrockReplyShape _shape = new(shape);
    readonly CollectedReply _reply = new();

    public override void On(in ReplyEvent reply) => _reply.On(reply);

    public override void Complete()
    {
        if (_reply.Error is { } error)
        {
            BedrockErrors.Write(error, output);
            return;
        }
        _shape.Source = _reply.Dialect;
        var first = _reply.First;
        if (_reply.HasOtherChoices) shape.Losses.Add("choices");
        if (_reply.HasLogprobs) shape.Losses.Add("logprobs");
        using var writer = new Utf8JsonWriter(output, WireText.Options);
        writer.WriteStartObject();
        writer.WriteStartObject("output"u8);
        writer.WriteStartObject("message"u8);
        writer.WriteString("role"u8, "assistant"u8);
        writer.WriteStartArray("content"u8);
        foreach (var part in first.Parts) WriteBlock(writer, part);
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteString("stopReason"u8, BedrockStop.WordOf(first.IsFinished ? first.Stop : null, _shape.IsOwn ? first.StopName : null));
        BedrockUsage.Write(writer, _reply.Usage);
        WriteExtras(writer);
        writer.WriteEndObject();
    }

    void WriteExtras(Utf8JsonWriter writer)
    {
        var hasMetrics = false;
        foreach (var extra in _reply.Extras.Where(static extra => extra.Choice == 0).Select(static extra => new Extra(extra.Name, extra.Json)))
        {
            if (!_shape.Takes(extra.Name)) continue;
            hasMetrics |= extra.Name == "metrics";
            ExtraFields.WriteFields(writer, [extra]);
        }
        if (!hasMetrics) WriteNoMetrics(writer);
        if (_shape.IsOwn && _reply.Usage?.ServiceTier is { } tier) WriteTier(writer, tier);
    }

    /// <summary>The field is required, and nobody measured.</summary>
    public static void WriteNoMetrics(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("metrics"u8);
        writer.WriteNumber("latencyMs"u8, 0);
        writer.WriteEndObject();
    }

    public static void WriteTier(Utf8JsonWriter writer, string tier)
    {
        writer.WriteStartObject("serviceTier"u8);
        writer.WriteString("type"u8, tier);
        writer.WriteEndObject();
    }

    void WriteBlock(Utf8JsonWriter writer, CollectedPart part)
    {
        if (!_shape.Takes(part.Kind)) return;
        if (part.Kind == ReplyPartKind.Opaque)
        {
            part.Json.WriteTo(writer);
            return;
        }
        if (part.Kind is ReplyPartKind.Text or ReplyPartKind.Refusal && part is { Text: "", Annotations.Count: 0 } && !_shape.IsOwn) return;
        writer.WriteStartObject();
        switch (part.Kind)
        {
            case ReplyPartKind.ToolCall:
                writer.WriteStartObject("toolUse"u8);
                WireText.Write(writer, "toolUseId"u8, _shape.CallId(part.Id, part.Number));
                WireText.Write(writer, "name"u8, part.Name ?? "");
                writer.WritePropertyName("input"u8);
                ToolArguments.WriteObject(writer, part.Text, _shape.IsOwn);
                writer.WriteEndObject();
                if (part.Signature is not null) shape.Losses.Add("signature");
                break;
            case ReplyPartKind.Reasoning:
                WriteReasoning(writer, part);
                break;
            default:
                WriteText(writer, part);
                break;
        }
        writer.WriteEndObject();
    }

    void WriteReasoning(Utf8JsonWriter writer, CollectedPart part)
    {
        var hasForeignState = !_shape.HasSignatures && (part.Signature ?? part.Encrypted) is not null;
        if (hasForeignState) shape.Losses.Add("signature");
        writer.WriteStartObject("reasoningContent"u8);
        if (part.Encrypted is { } encrypted && !hasForeignState)
        {
            WireText.Write(writer, "redactedContent"u8, encrypted);
        }
        else
        {
            writer.WriteStartObject("reasoningText"u8);
            WireText.Write(writer, "text"u8, part.Text);
            if (part.Signature is { } signature && !hasForeignState) WireText.Write(writer, "signature"u8, signature);
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
    }

    void WriteText(Utf8JsonWriter writer, CollectedPart part)
    {
        var isCited = part.Annotations.Count > 0 && _shape.Takes("annotations");
        if (!isCited)
        {
            WireText.Write(writer, "text"u8, part.Text);
            return;
        }
        writer.WriteStartObject("citationsContent"u8);
        writer.WriteStartArray("content"u8);
        writer.WriteStartObject();
        WireText.Write(writer, "text"u8, part.Text);
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteStartArray("citations"u8);
        foreach (var array in part.Annotations) ExtraFields.WriteItemsOf(writer, array);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
