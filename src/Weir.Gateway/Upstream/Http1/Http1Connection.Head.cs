using System.Buffers;
using System.Runtime.CompilerServices;

namespace Weir.Gateway;

sealed partial class Http1Connection
{
    byte[] _in = [];
    int _inStart;
    int _inEnd;

    /// <summary>
    /// Reads the head of the response, past interim responses. With <paramref name="untilContinue"/> a "100 Continue" ends the wait as well: the status is
    /// then 100, and the next call reads on. The read timeout runs from the end of the request.
    /// </summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<Fault> ReadHeadAsync(bool untilContinue = false)
    {
        if (_in.Length == 0) _in = ArrayPool<byte>.Shared.Rent(ReceiveBufferBytes);
        if (Response.Status == 100) Response.Reset();
        var context = new ResponseContext(_isHead, Request.AsksUpgrade, _limits.ResponseHeadersMax);
        for (var interims = 0; ;)
        {
            var step = _inEnd > _inStart ? Response.Parse(_in, _inStart, _inEnd, context) : BlockStep.NeedMore;
            if (step == BlockStep.NeedMore)
            {
                if (!MakeRoomForHead()) return Fail(Fault.HeadTooLarge, "a response head over the limit");
                var received = await ReceiveAsync(_in.AsMemory(_inEnd));
                if (received <= 0) return HeadEnded(received);
                _inEnd += received;
                ResponseBytesSeen = true;
                continue;
            }
            if (step != BlockStep.Complete) return HeadRefused(step);
            if (Response.Length > _limits.ResponseHeadBytesMax) return Fail(Fault.HeadTooLarge, "a response head over the limit");
            _inStart += Response.Length;
            if (Response.Status is >= 200 or 101 || (untilContinue && Response.Status == 100)) return HeadComplete();
            if (++interims > _limits.InterimResponsesMax) return Fail(Fault.HeadInvalid, "too many interim responses");
            Response.Reset();
        }
    }

    Fault HeadComplete()
    {
        if (Response.Status == 100) return Fault.None;
        _bodyLeft = Response.ContentLength;
        _decoder = default;
        _trailers.Reset();
        _bodyState = Response.Framing switch
        {
            BodyFraming.None => BodyState.Complete,
            BodyFraming.Length when Response.ContentLength == 0 => BodyState.Complete,
            BodyFraming.Length => BodyState.Length,
            BodyFraming.Chunked => BodyState.Chunks,
            _ => BodyState.UntilClose,
        };
        return Fault.None;
    }

    /// <summary>Makes room behind what has come in: by moving it to the front, then by a larger buffer up to the limit.</summary>
    bool MakeRoomForHead()
    {
        if (_inStart == _inEnd) _inStart = _inEnd = 0;
        if (_inEnd < _in.Length) return true;
        var count = _inEnd - _inStart;
        if (count >= _limits.ResponseHeadBytesMax) return false;
        var target = _in;
        if (_inStart == 0) target = ArrayPool<byte>.Shared.Rent(Math.Min(_limits.ResponseHeadBytesMax, _in.Length * 2));
        Buffer.BlockCopy(_in, _inStart, target, 0, count);
        if (target != _in) ArrayPool<byte>.Shared.Return(_in);
        _in = target;
        _inStart = 0;
        _inEnd = count;
        return true;
    }

    Fault HeadRefused(BlockStep step) =>
        Fail(step == BlockStep.TooMany ? Fault.HeadTooLarge : Fault.HeadInvalid, Response.Problem);

    Fault HeadEnded(int received)
    {
        if (received is TimedOut) return Fail(Fault.ReadTimeout, "the upstream did not answer in time");
        if (received is GivenUp) return Fail(Fault.Aborted, "given up by the gateway");
        return ResponseBytesSeen
            ? Fail(Fault.HeadTruncated, _receiveProblem ?? "the connection ended inside the response head")
            : Fail(Fault.ClosedBeforeResponse, _receiveProblem ?? "the connection ended before the response");
    }
}
