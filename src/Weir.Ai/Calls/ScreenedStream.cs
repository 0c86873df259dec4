using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Weir.Ai;

/// <summary>
/// A stream in the client's own dialect that scanners look at. While they change nothing it goes out byte for byte, event by event, as far as all text in it
/// is decided. Beside it the same events are written anew: from the first change on, that is what goes out.
/// </summary>
sealed class ScreenedStream : ReplyBody
{
    /// <summary>Longest mark after an answer's end.</summary>
    const int MarkBytesMax = 64;

    readonly AnswerShape _shape;
    readonly ReplyHead _head;
    readonly UpstreamReply _reply;
    readonly ReplyTap _tap;
    readonly ReplyScreens _screens;
    readonly ReplyStreamReader _reader;
    readonly ReplyWriter _writer;
    readonly StreamFrames _frames;
    readonly UsageFilter? _filter;
    readonly HeldOutput _output = new();

    /// <summary>What came since all text was decided, and the same as it is written anew.</summary>
    readonly ArrayBufferWriter<byte> _came = new();
    readonly ArrayBufferWriter<byte> _made = new();
    bool _isAnew;
    bool _isRead;

    public ScreenedStream(AnswerShape shape, ReplyHead head, UpstreamReply reply)
    {
        (_shape, _head, _reply) = (shape, head, reply);
        _writer = shape.Call.Dialect.StreamWriter(shape.Reply, _made);
        _screens = shape.ScreensBefore(_writer);
        _tap = shape.Tap();
        _tap.Next = _screens;
        _reader = shape.Wire.StreamReader(_tap);
        _frames = new StreamFrames(shape.Outcome.Wire);
        if (shape.Call.Surface.Dialect is DialectName.OpenAiChat or DialectName.OpenAiCompletions && !shape.Call.AsksUsage) _filter = new UsageFilter();
    }

    public override async ValueTask<LlmError?> BeginAsync()
    {
        while (!_isRead && !_screens.HasPassed && _output.HeldBytes + _came.WrittenCount <= AnswerLimits.HeldBytesMax)
        {
            var failure = await ReadOnAsync();
            if (failure != UpstreamFailure.None) return LlmFailure.ErrorOf(failure);
        }
        // Nothing has been sent: a status says more than an event.
        if (_screens.Stop is { } stop) return _shape.Stopped(stop);
        return _screens.HasPassed || !_isRead ? null : _shape.Outcome.Error;
    }

    public override void WriteHead(HttpResponse response) => _head.WriteTo(response, contentLength: null);

    public override async ValueTask CopyAsync(BodyOutput output)
    {
        _output.Open(output);
        while (!_isRead)
        {
            if (_tap.IsOver) await _shape.SettleAsync();
            if (!await output.FlushAsync())
            {
                await Drain.RunAsync(_shape, _reply, _reader, _tap);
                return;
            }
            var failure = await ReadOnAsync();
            if (failure == UpstreamFailure.None || _tap.IsOver) continue;
            _shape.Outcome.BrokenBy = LlmFailure.CauseOf(failure);
            _tap.On(new ReplyEvent { Kind = ReplyEventKind.Failed, Error = LlmFailure.ErrorOf(failure) });
            Release(isAnew: true);
        }
        _filter?.End(_output);
        await _shape.SettleAsync();
        await output.FlushAsync();
    }

    async ValueTask<UpstreamFailure> ReadOnAsync()
    {
        var buffer = ArrayPool<byte>.Shared.Rent(AnswerLimits.ReadBytes);
        try
        {
            var read = await _shape.ReadAsync(_reply, buffer);
            if (read.Failure == UpstreamFailure.Aborted) throw _shape.Left();
            Take(buffer.AsSpan(0, read.Count));
            if (read.IsComplete && !_tap.IsOver)
            {
                _reader.End();
                Release(isAnew: _shape.Outcome.Error is not null);
            }
            else if (read.IsComplete && !_isAnew && IsMark(_came.WrittenSpan))
            {
                _output.Write(_came.WrittenSpan);
            }
            if (_screens.Stop is { } stop) _shape.Stopped(stop);
            _isRead = read.IsComplete || read.Failure != UpstreamFailure.None || _screens.Stop is not null;
            if (_isRead) _shape.Outcome.EndedTicks = _shape.Time.GetTimestamp();
            return read.Failure;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Nobody reads what comes after an answer's end, and so nobody gets it, but for the mark that some send last.</summary>
    void Take(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty && _screens.Stop is null)
        {
            if (_tap.IsOver)
            {
                if (_came.WrittenCount <= MarkBytesMax) _came.Write(bytes[..Math.Min(bytes.Length, MarkBytesMax + 1)]);
                return;
            }
            var rest = bytes;
            var isEvent = _frames.TryPass(ref rest);
            var piece = _frames.IsBroken ? bytes : bytes[..^rest.Length];
            bytes = bytes[piece.Length..];
            if (!_isAnew) _came.Write(piece);
            _reader.Feed(piece);
            if (isEvent || _frames.IsBroken) Release(_frames.IsBroken);
        }
    }

    static bool IsMark(ReadOnlySpan<byte> bytes)
    {
        var mark = bytes.Trim(" \r\n"u8);
        return bytes.Length <= MarkBytesMax && (mark.IsEmpty || mark.SequenceEqual("data: [DONE]"u8) || mark.SequenceEqual("data:[DONE]"u8));
    }

    /// <summary>Lets go of what is decided.</summary>
    void Release(bool isAnew)
    {
        _isAnew |= isAnew || _screens.IsEdited || _screens.Stop is not null;
        if (_isAnew) _output.Write(_made.WrittenSpan);
        else if (!_screens.IsClean) return;
        else if (_filter is null) _output.Write(_came.WrittenSpan);
        else _filter.Pass(_came.WrittenSpan, _output);
        _came.ResetWrittenCount();
        _made.ResetWrittenCount();
    }
}
