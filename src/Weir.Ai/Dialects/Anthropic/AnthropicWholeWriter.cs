using System.Buffers;
using System.Text.Json;

namespace Weir.Ai;

/// <summary>Writes a whole message.</summary>
sealed class AnthropicWholeWriter(ReplyShape shape, IBufferWriter<byte> output) : ReplyWriter
{
    readonly AnthropicReplyShape _shape = new(shape);
    readonly CollectedReply _reply = new();

    public override void On(in ReplyEvent reply) => _reply.On(reply);

    public override void Complete()
    {
        using var writer = new Utf8JsonWriter(output, WireText.Options);
        if (_reply.Error is { } error)
        {
            AnthropicErrors.Write(error, writer);
            return;
        }
        _shape.Source = _reply.Dialect;
        var first = _reply.First;
        if (_reply.HasOtherChoices) _shape.Losses.Add("choices");
        if (_reply.HasLogprobs) _shape.Losses.Add("logprobs");
        writer.WriteStartObject();
        WireText.Write(writer, "id"u8, _shape.MessageId(_reply.Id));
        writer.WriteString("type"u8, "message"u8);
        writer.WriteString("role"u8, "assistant"u8);
        WireText.Write(writer, "model"u8, _shape.ModelName(_reply.Model));
        writer.WriteStartArray("content"u8);
        foreach (var part in first.Parts) WriteBlock(writer, part);
        writer.WriteEndArray();
        writer.WriteString("stop_reason"u8, AnthropicStop.WordOf(first.IsFinished ? first.Stop : null, _shape.IsOwn ? first.StopName : null));
        if (first.StopText is { } sequence) WireText.Write(writer, "stop_sequence"u8, sequence);
        else writer.WriteNull("stop_sequence"u8);
        JsonText usageRest = default;
        foreach (var extra in _reply.Extras.Where(static extra => extra.Choice == 0).Select(static extra => new Extra(extra.Name, extra.Json)))
        {
            if (!_shape.IsOwn) _shape.Losses.Add(extra.Name);
            else if (extra.Name == "usage") usageRest = extra.Value;
            else ExtraFields.WriteFields(writer, [extra]);
        }
        AnthropicUsageWriter.Write(writer, _reply.Usage, isWhole: true, usageRest);
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
                writer.WriteString("type"u8, "tool_use"u8);
                WireText.Write(writer, "id"u8, _shape.CallId(part.Id, part.Number));
                WireText.Write(writer, "name"u8, part.Name ?? "");
                writer.WritePropertyName("input"u8);
                ToolArguments.WriteObject(writer, part.Text, _shape.IsOwn);
                if (_shape.IsOwn) ExtraFields.WriteFieldsOf(writer, part.Json);
                else if (part.Signature is not null) _shape.Losses.Add("signature");
                break;
            case ReplyPartKind.Reasoning:
                WriteReasoning(writer, part);
                break;
            default:
                writer.WriteString("type"u8, "text"u8);
                WireText.Write(writer, "text"u8, part.Text);
                WriteCitations(writer, part);
                break;
        }
        writer.WriteEndObject();
    }

    void WriteReasoning(Utf8JsonWriter writer, CollectedPart part)
    {
        var hasForeignState = !_shape.HasSignatures && (part.Signature ?? part.Encrypted) is not null;
        if (hasForeignState) _shape.Losses.Add("signature");
        if (part.Encrypted is { } data && !hasForeignState)
        {
            writer.WriteString("type"u8, "redacted_thinking"u8);
            WireText.Write(writer, "data"u8, data);
            return;
        }
        writer.WriteString("type"u8, "thinking"u8);
        WireText.Write(writer, "thinking"u8, part.Text);
        WireText.Write(writer, "signature"u8, hasForeignState ? "" : part.Signature ?? "");
    }

    void WriteCitations(Utf8JsonWriter writer, CollectedPart part)
    {
        if (part.Annotations.Count == 0) return;
        if (!_shape.IsOwn)
        {
            _shape.Losses.Add("annotations");
            return;
        }
        writer.WriteStartArray("citations"u8);
        foreach (var array in part.Annotations) ExtraFields.WriteItemsOf(writer, array);
        writer.WriteEndArray();
    }
}
