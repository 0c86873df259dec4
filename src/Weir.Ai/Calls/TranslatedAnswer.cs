using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Weir.Ai;

/// <summary>
/// An answer that is read in the provider's wire and written in the client's, whole or as a stream, whichever came and whichever was asked for. What is
/// written is held back until there is content: until then another target may be tried.
/// </summary>
sealed class TranslatedAnswer : ReplyBody
{
    readonly AnswerShape _shape;
    readonly ReplyHead _head;
    readonly UpstreamReply _reply;
    readonly bool _replyIsStream;
    readonly HeldOutput _output = new();
    readonly ReplyTap _tap;
    readonly ReplyWriter _writer;
    readonly StreamMeter? _meter;
    readonly ReplyStreamReader? _reader;
    bool _isRead;

    public TranslatedAnswer(AnswerShape shape, ReplyHead head, UpstreamReply reply, bool replyIsStream)
    {
        (_shape, _head, _reply, _replyIsStream) = (shape, head, reply, replyIsStream);
        var dialect = shape.Call.Dialect;
        _writer = shape.Outcome.IsStream ? dialect.StreamWriter(shape.Reply, _output) : dialect.WholeWriter(shape.Reply, _output);
        if (shape.MayOutgrow) _meter = new StreamMeter(shape.Call.Budget!.Tokens, _writer);
        _tap = new ReplyTap(shape.Outcome, shape.Time) { Next = _meter ?? (IReplySink)_writer };
        if (replyIsStream) _reader = shape.Wire.StreamReader(_tap);
    }

    public override async ValueTask<LlmError?> BeginAsync()
    {
        var error = _replyIsStream ? await HoldAsync() : await ReadWholeAsync();
        if (error is null && !_shape.Outcome.IsStream) _writer.Complete();
        return error;
    }

    public override void WriteHead(HttpResponse response)
    {
        _head.WriteOwn(response, _shape.Outcome.IsStream ? _shape.Call.Dialect.StreamContentType : "application/json");
        if (_shape.Outcome.IsStream) response.Headers.CacheControl = "no-cache";
        else response.ContentLength = _output.HeldBytes;
    }

    public override async ValueTask CopyAsync(BodyOutput output)
    {
        _output.Open(output);
        if (!_shape.Outcome.IsStream) return;
        while (!_isRead)
        {
            if (!await output.FlushAsync()) return;
            await ReadOnAsync();
            if (_meter is not null && !_isRead && _shape.Call.Budget is { IsShort: true } budget && !await budget.GrowAsync()) End(_meter);
        }
        _writer.Complete();
        await _shape.SettleAsync();
        await output.FlushAsync();
    }

    /// <summary>Reads until there is content, or all of it where the client wants a whole answer.</summary>
    async ValueTask<LlmError?> HoldAsync()
    {
        while (!_isRead)
        {
            if (_shape.Outcome.IsStream && (_tap.HasContent || _output.HeldBytes > AnswerLimits.HeldBytesMax)) return null;
            await ReadOnAsync();
        }
        return _tap.HasContent && _shape.Outcome.IsStream ? null : _shape.Outcome.Error;
    }

    async ValueTask<LlmError?> ReadWholeAsync()
    {
        var (bytes, failure) = await WholeBody.ReadAsync(_reply, AnswerLimits.WholeBytesMax);
        if (failure == UpstreamFailure.Aborted) throw new OperationCanceledException();
        if (failure != UpstreamFailure.None) return LlmFailure.ErrorOf(failure);
        _shape.Wire.ReadReply(bytes, _tap);
        _shape.Outcome.EndedTicks = _shape.Time.GetTimestamp();
        _isRead = true;
        return _shape.Outcome.Error;
    }

    /// <summary>Ends the stream before the provider does; with its connection the provider's work ends, too.</summary>
    void End(StreamMeter meter)
    {
        var outcome = _shape.Outcome;
        (outcome.IsCut, outcome.Stop, outcome.EndedTicks) = (true, StopReason.MaxTokens, _shape.Time.GetTimestamp());
        outcome.Usage = LlmBooks.Completed(_shape.Call);
        meter.End(outcome.Usage);
        _isRead = true;
    }

    async ValueTask ReadOnAsync()
    {
        var buffer = ArrayPool<byte>.Shared.Rent(AnswerLimits.ReadBytes);
        try
        {
            // Little at a time where it may have to be ended: what is read is used.
            var read = await _reply.ReadAsync(buffer.AsMemory(0, _meter is null ? AnswerLimits.ReadBytes : AnswerLimits.MeteredReadBytes));
            if (read.Failure == UpstreamFailure.Aborted) throw new OperationCanceledException();
            _reader!.Feed(buffer.AsSpan(0, read.Count));
            if (read.Failure != UpstreamFailure.None)
            {
                if (!_tap.IsOver) _tap.On(new ReplyEvent { Kind = ReplyEventKind.Failed, Error = LlmFailure.ErrorOf(read.Failure) });
            }
            else if (read.IsComplete)
            {
                _reader.End();
            }
            _isRead = read.IsComplete || read.Failure != UpstreamFailure.None || _tap.IsOver;
            if (_isRead) _shape.Outcome.EndedTicks = _shape.Time.GetTimestamp();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
