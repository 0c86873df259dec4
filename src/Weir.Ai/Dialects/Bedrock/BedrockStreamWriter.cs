using System.Buffers;
using System.Text.Json;

namespace Weir.Ai;

/// <summary>
/// Writes a streamed answer: messageStart, one block after the other, messageStop, and metadata with the usage last.
/// </summary>
sealed class BedrockStreamWriter : ReplyWriter, IDisposable
{
    readonly BedrockReplyShape _shape;
    readonly AwsEventStreamWriter _stream;
    readonly ArrayBufferWriter<byte> _payload = new();
    readonly Utf8JsonWriter _writer;
    readonly SequentialParts _sequence;
    readonly List<Extra> _extras = [];
    StopReason? _stop;
    string? _stopName;
    TokenUsage? _usage;

    public BedrockStreamWriter(ReplyShape shape, IBufferWriter<byte> output)
    {
        (_shape, _stream, _writer) = (new BedrockReplyShape(shape), new AwsEventStreamWriter(output), new Utf8JsonWriter(_payload, WireText.Options));
        _sequence = new SequentialParts(new Sequenced(this), shape.Losses);
    }

    public override void On(in ReplyEvent reply) => _sequence.On(reply);

    public override void Complete() => Dispose();

    public void Dispose() => _writer.Dispose();

    void Take(in ReplyEvent reply)
    {
        switch (reply.Kind)
        {
            case ReplyEventKind.Started:
                _shape.Source = reply.Dialect;
                Begin().WriteString("role"u8, "assistant"u8);
                End("messageStart"u8);
                break;
            case ReplyEventKind.PartStarted:
                StartPart(reply);
                break;
            case ReplyEventKind.Delta or ReplyEventKind.Signature or ReplyEventKind.Encrypted:
                Delta(reply);
                break;
            case ReplyEventKind.Annotations:
                Annotate(reply);
                break;
            case ReplyEventKind.PartEnded when reply.PartKind is not (ReplyPartKind.Audio or ReplyPartKind.Image or ReplyPartKind.Opaque) || _shape.IsOwn:
                BeginBlock(reply);
                End("contentBlockStop"u8);
                break;
            case ReplyEventKind.Finished:
                (_stop, _stopName) = (reply.Stop, reply.Name);
                break;
            case ReplyEventKind.Usage:
                _usage = reply.Usage;
                break;
            case ReplyEventKind.Extra when _shape.Takes(reply.Name ?? ""):
                _extras.Add(new Extra(reply.Name ?? "", reply.Json));
                break;
            case ReplyEventKind.Logprobs:
                _shape.Losses.Add("logprobs");
                break;
            case ReplyEventKind.Ended:
                Finish();
                break;
            case ReplyEventKind.Failed:
                Fail(reply.Error!);
                break;
            default:
                break;
        }
    }

    void StartPart(in ReplyEvent reply)
    {
        if (!_shape.Takes(reply.PartKind)) return;
        if (reply.PartKind == ReplyPartKind.Opaque)
        {
            BedrockOpaqueStream.Write(reply.Json, reply.Part, this);
            return;
        }
        // Only calls are announced; all other blocks begin with their first delta.
        if (reply.PartKind != ReplyPartKind.ToolCall) return;
        BeginBlock(reply);
        _writer.WriteStartObject("start"u8);
        _writer.WriteStartObject("toolUse"u8);
        WireText.Write(_writer, "toolUseId"u8, _shape.CallId(reply.Id, reply.Part));
        WireText.Write(_writer, "name"u8, reply.Name ?? "");
        _writer.WriteEndObject();
        _writer.WriteEndObject();
        End("contentBlockStart"u8);
    }

    void Delta(in ReplyEvent reply)
    {
        if (reply.PartKind is ReplyPartKind.Audio or ReplyPartKind.Image || reply.Text is not { } text) return;
        if (reply.Kind != ReplyEventKind.Delta && (!_shape.HasSignatures || reply.PartKind != ReplyPartKind.Reasoning))
        {
            _shape.Losses.Add("signature");
            return;
        }
        BeginBlock(reply);
        _writer.WriteStartObject("delta"u8);
        var holder = reply.PartKind switch { ReplyPartKind.ToolCall => "toolUse", ReplyPartKind.Reasoning => "reasoningContent", _ => null };
        if (holder is not null) _writer.WriteStartObject(holder);
        WireText.Write(
            _writer,
            reply.Kind switch
            {
                ReplyEventKind.Signature => "signature"u8,
                ReplyEventKind.Encrypted => "redactedContent"u8,
                _ => reply.PartKind == ReplyPartKind.ToolCall ? "input"u8 : "text"u8,
            },
            text);
        if (holder is not null) _writer.WriteEndObject();
        _writer.WriteEndObject();
        End("contentBlockDelta"u8);
    }

    void Annotate(in ReplyEvent reply)
    {
        if (!_shape.Takes("annotations")) return;
        using var document = LooseJson.Parse(reply.Json.Utf8);
        if (document?.RootElement.ValueKind != JsonValueKind.Array) return;
        foreach (var citation in document.RootElement.EnumerateArray())
        {
            BeginBlock(reply);
            _writer.WriteStartObject("delta"u8);
            _writer.WritePropertyName("citation"u8);
            citation.WriteRaw(_writer);
            _writer.WriteEndObject();
            End("contentBlockDelta"u8);
        }
    }

    void Finish()
    {
        Begin().WriteString("stopReason"u8, BedrockStop.WordOf(_stop, _shape.IsOwn ? _stopName : null));
        foreach (var extra in _extras)
            if (extra.Name == "additionalModelResponseFields") ExtraFields.WriteFields(_writer, [extra]);
        End("messageStop"u8);
        Begin();
        BedrockUsage.Write(_writer, _usage);
        var hasMetrics = false;
        foreach (var extra in _extras)
        {
            if (extra.Name == "additionalModelResponseFields") continue;
            hasMetrics |= extra.Name == "metrics";
            ExtraFields.WriteFields(_writer, [extra]);
        }
        if (!hasMetrics) BedrockWholeWriter.WriteNoMetrics(_writer);
        if (_shape.IsOwn && _usage?.ServiceTier is { } tier) BedrockWholeWriter.WriteTier(_writer, tier);
        End("metadata"u8);
    }

    void Fail(LlmError error)
    {
        WireText.Write(Begin(), "message"u8, error.Message);
        _stream.Header(":exception-type"u8, BedrockErrors.ExceptionOf(error.Kind));
        Send("exception"u8);
    }

    internal Utf8JsonWriter Begin()
    {
        _payload.ResetWrittenCount();
        _writer.Reset();
        _writer.WriteStartObject();
        return _writer;
    }

    void BeginBlock(in ReplyEvent reply) => Begin().WriteNumber("contentBlockIndex"u8, reply.Part);

    internal void End(ReadOnlySpan<byte> type)
    {
        _stream.Header(":event-type"u8, type);
        Send("event"u8);
    }

    void Send(ReadOnlySpan<byte> messageType)
    {
        _writer.WriteEndObject();
        _writer.Flush();
        _stream.Header(":content-type"u8, "application/json"u8);
        _stream.Header(":message-type"u8, messageType);
        _stream.Message(_payload.WrittenSpan);
    }

    sealed class Sequenced(BedrockStreamWriter writer) : IReplySink
    {
        public void On(in ReplyEvent reply) => writer.Take(reply);
    }
}
