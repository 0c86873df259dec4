using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Weir.Ai;

/// <summary>A whole answer that goes to the client byte for byte, read for its usage.</summary>
sealed class PassedAnswer(AnswerShape shape, ReplyHead head, UpstreamReply reply, bool isChat) : ReplyBody
{
    static readonly LlmError s_unscannable = new(LlmErrorKind.Provider, 502, "the model provider's answer is too long to be looked at");

    ReadOnlyMemory<byte> _bytes;
    bool _hasMore;

    public override async ValueTask<LlmError?> BeginAsync()
    {
        if (!isChat && !IsJson(head.ContentType)) return Raw();
        var (bytes, failure) = await WholeBody.ReadAsync(reply, AnswerLimits.WholeBytesMax, shape);
        _bytes = bytes;
        if (failure == UpstreamFailure.Invalid && bytes.Length > AnswerLimits.WholeBytesMax) return Raw();
        if (failure == UpstreamFailure.Aborted) throw shape.Left();
        if (failure != UpstreamFailure.None) return LlmFailure.ErrorOf(failure);
        var outcome = shape.Outcome;
        outcome.FirstContentTicks = outcome.EndedTicks = shape.Time.GetTimestamp();
        outcome.IsComplete = true;
        ReplyScan.Read(bytes, outcome, shape.Wire, shape.Time, isChat);
        var refused = isChat && shape.Call.ReplyScanners.Count > 0 ? Screen() : null;
        outcome.LoggedAnswer = _bytes;
        return refused;
    }

    public override void WriteHead(HttpResponse response) => head.WriteTo(response, _hasMore ? null : _bytes.Length);

    public override async ValueTask CopyAsync(BodyOutput output)
    {
        if (!_hasMore)
        {
            output.Write(_bytes.Span);
            return;
        }
        var usage = IsEvents(head.ContentType) ? new UsageScan() : null;
        while (true)
        {
            var memory = output.GetMemory(AnswerLimits.ReadBytes);
            var read = await shape.ReadAsync(reply, memory);
            usage?.Feed(memory.Span[..read.Count]);
            output.Advance(read.Count);
            if (read.IsComplete)
            {
                usage?.End();
                shape.Outcome.Usage = usage?.Usage;
                shape.Outcome.IsComplete = true;
                await shape.SettleAsync();
            }
            if (read.Failure != UpstreamFailure.None) throw new BrokenAnswerException(read.Failure);
            if (!await output.FlushAsync() || read.IsComplete) break;
        }
    }

    /// <summary>The bytes stay as they are while the scanners change nothing. What they cannot read does not pass.</summary>
    LlmError? Screen()
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = shape.Call.Dialect.WholeWriter(shape.Reply, output);
        var screens = shape.ScreensBefore(writer);
        var failures = new FailureTap(screens);
        shape.Wire.ReadReply(_bytes, failures);
        if (screens.Stop is { } stop) return shape.Stopped(stop);
        if (failures.Error is { } unreadable) return shape.Stopped(unreadable);
        if (!screens.IsEdited) return null;
        writer.Complete();
        _bytes = output.WrittenMemory;
        return null;
    }

    LlmError? Raw()
    {
        if (isChat && shape.Call.ReplyScanners.Count > 0) return shape.Stopped(s_unscannable);
        _hasMore = true;
        return null;
    }

    /// <summary>Notes that an answer failed.</summary>
    sealed class FailureTap(IReplySink next) : IReplySink
    {
        public LlmError? Error { get; private set; }

        public void On(in ReplyEvent reply)
        {
            Error ??= reply.Error;
            next.On(reply);
        }
    }

    static bool IsEvents(string? contentType) => contentType?.StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase) ?? false;

    static bool IsJson(string? contentType) => contentType?.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) ?? false;
}
