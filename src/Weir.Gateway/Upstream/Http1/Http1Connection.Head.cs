using System.Buffers;
using System.Runtime.CompilerServices;

namespace Weir.Gateway;

sealed partial class Http1Connection
{
    byte[] _in = [];
    int _inStart;
    int _inEnd;

    /// <summary>Where in the buffer the bytes of a body in chunks may begin: behind the head, whose headers can so be read to the end.</summary>
    int _bodyStart;

    int _interims;

    /// <summary>
    /// Begins the wait for the head of the response: <see cref="TryReadHead"/> and <see cref="ReceiveHeadAsync"/> in turn, until the first says that it is
    /// over or the second has a fault. An async method around them would cost every request one more state machine.
    /// </summary>
    public void BeginHead()
    {
        if (_in.Length == 0) _in = ArrayPool<byte>.Shared.Rent(ReceiveBufferBytes);
        _interims = 0;
    }

    /// <summary>
    /// Reads what has come in, past interim responses. False when the head goes on in bytes that have not come yet; otherwise <paramref name="fault"/> says
    /// whether the head is there, or why it never will be.
    /// </summary>
    public bool TryReadHead(out Fault fault)
    {
        while (true)
        {
            var context = new ResponseContext(_isHead, Request.AsksUpgrade, _limits.ResponseHeadersMax);
            var step = _inEnd > _inStart ? Response.Parse(_in, _inStart, _inEnd, context) : BlockStep.NeedMore;
            if (step == BlockStep.NeedMore)
            {
                fault = MakeRoomForHead() ? Fault.None : Fail(Fault.HeadTooLarge, "a response head over the limit");
                return fault != Fault.None;
            }
            fault = step == BlockStep.Complete ? TakeHead() : HeadRefused(step);
            if (fault != Fault.None || Response.Status is >= 200 or 101) return true;
            Response.Reset();
        }
    }

    /// <summary>Waits for more of the head. The read timeout runs from the end of the request.</summary>
    public HeadReceiving ReceiveHeadAsync() => new(this, ReceiveAsync(_in.AsMemory(_inEnd)));

    /// <summary>
    /// The same in two halves, for whoever awaits the bytes itself: awaiting what the transport gives spares a delegate for every wait. The second half is
    /// <see cref="TookHeadBytes"/>, or <see cref="HeadBytesFailed"/> with what the first one threw.
    /// </summary>
    public ValueTask<int> ReceiveHeadBytesAsync() => BeginReceive(_in.AsMemory(_inEnd));

    public Fault TookHeadBytes(int received) => HeadReceived(ReceiveEnded(received));

    public Fault HeadBytesFailed(Exception failure)
    {
        _receiveProblem = failure.Message;
        return HeadReceived(ReceiveEnded(Broken));
    }

    Fault TakeHead()
    {
        if (Response.Length > _limits.ResponseHeadBytesMax) return Fail(Fault.HeadTooLarge, "a response head over the limit");
        _inStart += Response.Length;
        if (Response.Status is >= 200 or 101) return HeadComplete();
        return ++_interims > _limits.InterimResponsesMax ? Fail(Fault.HeadInvalid, "too many interim responses") : Fault.None;
    }

    Fault HeadReceived(int received)
    {
        if (received <= 0) return HeadEnded(received);
        _inEnd += received;
        ResponseBytesSeen = true;
        return Fault.None;
    }

    Fault HeadComplete()
    {
        _bodyLeft = Response.ContentLength;
        _decoder = default;
        _trailers.Reset();
        if (Response.Framing == BodyFraming.Chunked) KeepHead();
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

    /// <summary>A head that takes more than half of the buffer would leave too little for what follows: then it gets a larger one.</summary>
    void KeepHead()
    {
        _bodyStart = _inStart;
        if (_bodyStart <= _in.Length / 2) return;
        var larger = ArrayPool<byte>.Shared.Rent(_in.Length * 2);
        Buffer.BlockCopy(_in, 0, larger, 0, _inEnd);
        ArrayPool<byte>.Shared.Return(_in);
        _in = larger;
        Response.MovedTo(larger);
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

    /// <summary>A wait for more of the head: gives a fault when there will be no more.</summary>
    public readonly struct HeadReceiving(Http1Connection connection, Receiving receiving) : ICriticalNotifyCompletion
    {
        public bool IsCompleted => receiving.IsCompleted;

        public HeadReceiving GetAwaiter() => this;

        public Fault GetResult() => connection.HeadReceived(receiving.GetResult());

        public void OnCompleted(Action continuation) => receiving.OnCompleted(continuation);

        public void UnsafeOnCompleted(Action continuation) => receiving.UnsafeOnCompleted(continuation);
    }
}
