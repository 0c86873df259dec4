using System.Buffers;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;

namespace Weir.Ai;

/// <summary>
/// A stream that goes to the client byte for byte as it comes. Its beginning is held back until there is content; what follows is only looked over for usage
/// and the end.
/// </summary>
sealed class PassedStream : ReplyBody
{
    readonly AnswerShape _shape;
    readonly ReplyHead _head;
    readonly UpstreamReply _reply;
    readonly ReplyTap _tap;
    readonly ReplyStreamReader _reader;
    readonly ArrayBufferWriter<byte> _held = new();
    readonly UsageFilter? _filter;
    bool _isRead;

    public PassedStream(AnswerShape shape, ReplyHead head, UpstreamReply reply)
    {
        (_shape, _head, _reply) = (shape, head, reply);
        _tap = shape.Tap();
        _tap.Next = shape.LogBefore(null);
        _reader = shape.Wire.StreamReader(_tap);
        // Usage that the gateway asked for and the client did not is not the client's to see.
        if (shape.Call.Surface.Dialect is DialectName.OpenAiChat or DialectName.OpenAiCompletions && !shape.Call.AsksUsage) _filter = new UsageFilter();
    }

    public override async ValueTask<LlmError?> BeginAsync()
    {
        while (!_isRead && !_tap.HasContent && _held.WrittenCount <= AnswerLimits.HeldBytesMax)
        {
            var read = await _shape.ReadAsync(_reply, _held.GetMemory(AnswerLimits.ReadBytes));
            if (read.Failure == UpstreamFailure.Aborted) throw _shape.Left();
            if (read.Failure != UpstreamFailure.None) return LlmFailure.ErrorOf(read.Failure);
            Look(_held.GetSpan(AnswerLimits.ReadBytes)[..read.Count], read.IsComplete);
            _held.Advance(read.Count);
        }
        return _tap.HasContent ? null : _shape.Outcome.Error;
    }

    public override void WriteHead(HttpResponse response) => _head.WriteTo(response, contentLength: null);

    public override async ValueTask CopyAsync(BodyOutput output)
    {
        Pass(_held.WrittenSpan, output);
        while (!_isRead)
        {
            if (_tap.IsOver) await _shape.SettleAsync();
            if (!await output.FlushAsync())
            {
                await Drain.RunAsync(_shape, _reply, _reader, _tap);
                return;
            }
            if (_filter is not null)
            {
                await FilterOnAsync(output, _filter);
                continue;
            }
            // Here and not in a method of its own: each async method would cost every chunk a state machine.
            var memory = output.GetMemory(AnswerLimits.ReadBytes);
            var read = await _shape.ReadAsync(_reply, memory);
            Look(memory.Span[..read.Count], read.IsComplete);
            output.Advance(read.Count);
            Check(read, output);
        }
        _filter?.End(output);
        await _shape.SettleAsync();
        await output.FlushAsync();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    async ValueTask FilterOnAsync(BodyOutput output, UsageFilter filter)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(AnswerLimits.ReadBytes);
        try
        {
            var read = await _shape.ReadAsync(_reply, buffer);
            Look(buffer.AsSpan(0, read.Count), read.IsComplete);
            filter.Pass(buffer.AsSpan(0, read.Count), output);
            Check(read, output);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    void Pass(ReadOnlySpan<byte> bytes, BodyOutput output)
    {
        if (_filter is null) output.Write(bytes);
        else _filter.Pass(bytes, output);
    }

    void Look(ReadOnlySpan<byte> bytes, bool isComplete)
    {
        _reader.Feed(bytes);
        if (isComplete) _reader.End();
        _isRead = isComplete;
        if (_isRead) _shape.Outcome.EndedTicks = _shape.Time.GetTimestamp();
    }

    /// <summary>A stream that breaks ends with an error event in the client's dialect.</summary>
    void Check(in UpstreamRead read, BodyOutput output)
    {
        if (read.Failure == UpstreamFailure.None) return;
        if (read.Failure == UpstreamFailure.Aborted) throw _shape.Left();
        _isRead = true;
        if (_tap.IsOver) return;
        _shape.Outcome.BrokenBy = LlmFailure.CauseOf(read.Failure);
        var failed = new ReplyEvent { Kind = ReplyEventKind.Failed, Error = LlmFailure.ErrorOf(read.Failure) };
        _tap.On(failed);
        var writer = _shape.Call.Dialect.StreamWriter(_shape.Reply, output);
        writer.On(failed);
        writer.Complete();
    }
}
