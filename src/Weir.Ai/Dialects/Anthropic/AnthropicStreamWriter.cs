using System.Buffers;
using System.Text.Json;

namespace Weir.Ai;

/// <summary>
/// Writes a streamed message: message_start, then one block after the other, and at the end message_delta with stop reason and usage, message_stop.
/// </summary>
sealed class AnthropicStreamWriter : ReplyWriter, IDisposable
{
    readonly AnthropicReplyShape _shape;
    readonly IBufferWriter<byte> _output;
    readonly Utf8JsonWriter _writer;
    readonly SequentialParts _sequence;
    readonly AnthropicBlockStream _blocks;
    readonly List<Extra> _extras = [];
    StopReason? _stop;
    string? _stopName;
    string? _stopSequence;
    TokenUsage? _usage;

    public AnthropicStreamWriter(ReplyShape shape, IBufferWriter<byte> output)
    {
        (_shape, _output, _writer) = (new AnthropicReplyShape(shape), output, new Utf8JsonWriter(output, WireText.Options));
        _sequence = new SequentialParts(new Sequenced(this), shape.Losses);
        _blocks = new AnthropicBlockStream(_shape, this);
    }

    public override void On(in ReplyEvent reply) => _sequence.On(reply);

    public override void Complete() => Dispose();

    public void Dispose() => _writer.Dispose();

    /// <summary>Begins an event: its framing, and its object with the type.</summary>
    internal Utf8JsonWriter Begin(ReadOnlySpan<byte> type)
    {
        _output.Write("event: "u8);
        _output.Write(type);
        _output.Write("\ndata: "u8);
        _writer.Reset();
        _writer.WriteStartObject();
        _writer.WriteString("type"u8, type);
        return _writer;
    }

    /// <summary>Ends the object within the event, and the event.</summary>
    internal void EndInner()
    {
        _writer.WriteEndObject();
        End();
    }

    internal void End()
    {
        _writer.WriteEndObject();
        _writer.Flush();
        _output.Write("\n\n"u8);
    }

    void Take(in ReplyEvent reply)
    {
        switch (reply.Kind)
        {
            case ReplyEventKind.Started:
                Start(reply);
                break;
            case ReplyEventKind.Finished:
                (_stop, _stopName, _stopSequence) = (reply.Stop, reply.Name, reply.Text);
                break;
            case ReplyEventKind.Usage:
                _usage = reply.Usage;
                break;
            case ReplyEventKind.Extra:
                if (_shape.IsOwn) _extras.Add(new Extra(reply.Name ?? "", reply.Json));
                else _shape.Losses.Add(reply.Name ?? "");
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
                _blocks.On(reply);
                break;
        }
    }

    void Start(in ReplyEvent reply)
    {
        _shape.Source = reply.Dialect;
        var writer = Begin("message_start"u8);
        writer.WriteStartObject("message"u8);
        WireText.Write(writer, "id"u8, _shape.MessageId(reply.Id));
        writer.WriteString("type"u8, "message"u8);
        writer.WriteString("role"u8, "assistant"u8);
        WireText.Write(writer, "model"u8, _shape.ModelName(reply.Name));
        writer.WriteStartArray("content"u8);
        writer.WriteEndArray();
        writer.WriteNull("stop_reason"u8);
        writer.WriteNull("stop_sequence"u8);
        AnthropicUsageWriter.Write(writer, reply.Usage ?? Expected(reply.Name), isWhole: true, default);
        writer.WriteEndObject();
        End();
    }

    /// <summary>
    /// What the prompt will be found to have used: clients read it here, and providers of other wires tell it at the end. The end has the real count.
    /// </summary>
    TokenUsage? Expected(string? model) => _shape.Request is { } request
        ? new TokenUsage { Input = TokenEstimator.Prompt(request, model ?? request.Model).Tokens, IsEstimated = true }
        : null;

    void Finish()
    {
        JsonText usageRest = default;
        var writer = Begin("message_delta"u8);
        writer.WriteStartObject("delta"u8);
        writer.WriteString("stop_reason"u8, AnthropicStop.WordOf(_stop, _shape.IsOwn ? _stopName : null));
        if (_stopSequence is { } sequence) WireText.Write(writer, "stop_sequence"u8, sequence);
        else writer.WriteNull("stop_sequence"u8);
        foreach (var extra in _extras)
        {
            if (extra.Name == "usage") usageRest = extra.Value;
            else if (extra.Name is "container" or "stop_details") ExtraFields.WriteFields(writer, [extra]);
        }
        writer.WriteEndObject();
        AnthropicUsageWriter.Write(writer, _usage, isWhole: false, usageRest);
        foreach (var extra in _extras)
            if (extra.Name is not ("usage" or "container" or "stop_details")) ExtraFields.WriteFields(writer, [extra]);
        End();
        Begin("message_stop"u8);
        End();
    }

    void Fail(LlmError error)
    {
        _output.Write("event: error\ndata: "u8);
        _writer.Reset();
        AnthropicErrors.Write(error, _writer);
        _writer.Flush();
        _output.Write("\n\n"u8);
    }

    sealed class Sequenced(AnthropicStreamWriter writer) : IReplySink
    {
        public void On(in ReplyEvent reply) => writer.Take(reply);
    }
}
