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
    readonly ReplyScreens _screens;
    readonly ReplyWriter _writer;
    readonly StreamMeter? _meter;
    readonly ReplyStreamReader? _reader;
    bool _isRead;

    public TranslatedAnswer(AnswerShape shape, ReplyHead head, UpstreamReply reply, bool replyIsStream)
    {
        (_shape, _head, _reply, _replyIsStream) = (shape, head, reply, replyIsStream);
        var dialect = shape.Call.Dialect;
        _writer = shape.Outcome.IsStream ? dialect.StreamWriter(shape.Reply, _output) : dialect.WholeWriter(shape.Reply, _output);
        _screens = shape.ScreensBefore(_writer);
        if (shape.MayOutgrow) _meter = new StreamMeter(shape.Call.Budget!.Tokens, _screens);
        _tap = shape.Tap();
        _tap.Next = _meter ?? (IReplySink)_screens;
        if (replyIsStream) _reader = shape.Wire.StreamReader(_tap);
    }

    public override async ValueTask<LlmError?> BeginAsync()
    {
        var error = _replyIsStream ? await HoldAsync() : await ReadWholeAsync();
        // Nothing has been sent: a status says more than an event.
        if (_screens.Stop is { } stop) return _shape.Stopped(stop);
        if (error is null && !_shape.Outcome.IsStream)
        {
            _writer.Complete();
            _shape.Outcome.LoggedAnswer = _output.Held;
        }
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
            if (!await output.FlushAsync())
            {
                // Nobody would end a stream that outgrows its budgets while it is drained: it ends here, and is charged by what came.
                if (_meter is null) await Drain.RunAsync(_shape, _reply, _reader!, _tap);
                return;
            }
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
            if (_shape.Outcome.IsStream && (_screens.HasPassed || _output.HeldBytes > AnswerLimits.HeldBytesMax)) return null;
            await ReadOnAsync();
        }
        return _screens.HasPassed && _shape.Outcome.IsStream ? null : _shape.Outcome.Error;
    }

    async ValueTask<LlmError?> ReadWholeAsync()
    {
        var (bytes, failure) = await WholeBody.ReadAsync(_reply, AnswerLimits.WholeBytesMax, _shape);
        if (failure == UpstreamFailure.Aborted) throw _shape.Left();
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
            var read = await _shape.ReadAsync(_reply, buffer.AsMemory(0, _meter is null ? AnswerLimits.ReadBytes : AnswerLimits.MeteredReadBytes));
            if (read.Failure == UpstreamFailure.Aborted) throw _shape.Left();
            _reader!.Feed(buffer.AsSpan(0, read.Count));
            if (read.Failure != UpstreamFailure.None)
            {
                if (!_tap.IsOver)
                {
                    _shape.Outcome.BrokenBy = LlmFailure.CauseOf(read.Failure);
                    _tap.On(new ReplyEvent { Kind = ReplyEventKind.Failed, Error = LlmFailure.ErrorOf(read.Failure) });
                }
            }
            else if (read.IsComplete)
            {
                _reader.End();
            }
            if (_screens.Stop is { } stop) _shape.Stopped(stop);
            _isRead = read.IsComplete || read.Failure != UpstreamFailure.None || _tap.IsOver || _screens.Stop is not null;
            if (_isRead) _shape.Outcome.EndedTicks = _shape.Time.GetTimestamp();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
