using System.Runtime.CompilerServices;

namespace Weir.Gateway;

/// <summary>What one read of a body brought.</summary>
/// <param name="Count">Bytes written to the destination.</param>
/// <param name="IsComplete">The body has ended; there may be bytes with its end.</param>
/// <param name="Fault">Why no more can be read. The bytes of earlier reads are not the whole body then.</param>
readonly record struct BodyRead(int Count, bool IsComplete, Fault Fault = Fault.None);

sealed partial class Http1Connection
{
    readonly HeaderBlock _trailers = new(4);
    BodyState _bodyState;
    ChunkDecoder _decoder;
    long _bodyLeft;

    enum BodyState : byte
    {
        Head,
        Length,
        Chunks,
        UntilClose,
        Complete,
    }

    /// <summary>Trailers of a chunked body, once it is complete; valid until the connection is given back.</summary>
    public int TrailerCount => _bodyState == BodyState.Complete ? _trailers.Count : 0;

    /// <summary>
    /// Reads body bytes, framing taken off, straight into <paramref name="destination"/>, which must not be empty. What is at hand is returned without
    /// waiting for more.
    /// </summary>
    public ValueTask<BodyRead> ReadBodyAsync(Memory<byte> destination)
    {
        switch (_bodyState)
        {
            case BodyState.Complete:
                return new(new BodyRead(0, true));
            case BodyState.Chunks:
                var decoded = Decode(destination.Span);
                return decoded.Count > 0 || decoded.IsComplete || decoded.Fault != Fault.None ? new(decoded) : ReadChunksAsync(destination);
            case BodyState.Head:
                throw new InvalidOperationException("The head of the response must be read before its body.");
            default:
                if (_inStart == _inEnd) return ReadPlainAsync(destination);
                var count = (int)Math.Min(Wanted(destination.Length), _inEnd - _inStart);
                _in.AsSpan(_inStart, count).CopyTo(destination.Span);
                _inStart += count;
                return new(Took(count));
        }
    }

    /// <summary>After a 101: bytes of the other protocol, those that came with the head first; 0 at the end, or a fault.</summary>
    public ValueTask<BodyRead> ReadRawAsync(Memory<byte> destination)
    {
        _bodyState = BodyState.UntilClose;
        return ReadBodyAsync(destination);
    }

    /// <summary>After a 101: sends bytes of the other protocol.</summary>
    public ValueTask<Fault> SendRawAsync(ReadOnlyMemory<byte> bytes) => TransmitAsync(bytes, last: false);

    /// <summary>After a 101: ends our side, while the upstream may still send.</summary>
    public ValueTask EndRawAsync() => _transport.ShutdownSendAsync();

    /// <summary>One trailer, in the connection's buffer.</summary>
    public HeaderSpans Trailer(int index)
    {
        var text = _in.AsSpan(_inStart - _trailers.Length);
        return new(_trailers[index].Name(text), _trailers[index].Value(text));
    }

    long Wanted(int room) => _bodyState == BodyState.Length ? Math.Min(room, _bodyLeft) : room;

    BodyRead Took(int count)
    {
        if (_bodyState == BodyState.UntilClose) return new(count, false);
        _bodyLeft -= count;
        if (_bodyLeft == 0) _bodyState = BodyState.Complete;
        return new(count, _bodyLeft == 0);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    async ValueTask<BodyRead> ReadPlainAsync(Memory<byte> destination)
    {
        var received = await ReceiveAsync(destination[..(int)Wanted(destination.Length)]);
        if (received > 0) return Took(received);
        if (received != Ended || _bodyState != BodyState.UntilClose) return BodyEnded(received);
        _bodyState = BodyState.Complete;
        return new(0, true);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    async ValueTask<BodyRead> ReadChunksAsync(Memory<byte> destination)
    {
        while (true)
        {
            if (_inStart == _inEnd) _inStart = _inEnd = _bodyStart;
            // Inside a large chunk the bytes need no decoding: they go to their destination without a copy.
            var direct = _inEnd == _bodyStart && _decoder.ContentLeft >= destination.Length;
            var received = await ReceiveAsync(direct ? destination : _in.AsMemory(_inEnd));
            if (received <= 0) return BodyEnded(received);
            if (direct)
            {
                _decoder.SkipContent(received);
                return new(received, false);
            }
            _inEnd += received;
            var decoded = Decode(destination.Span);
            if (decoded.Count > 0 || decoded.IsComplete || decoded.Fault != Fault.None) return decoded;
        }
    }

    BodyRead Decode(Span<byte> destination)
    {
        var written = 0;
        if (!_decoder.AtTrailers)
        {
            var problem = _decoder.Decode(_in.AsSpan(_inStart, _inEnd - _inStart), destination, _limits, out var consumed, out written);
            _inStart += consumed;
            if (problem is not null) return new(0, false, Fail(Fault.BodyInvalid, problem));
            if (!_decoder.AtTrailers) return new(written, false);
            MoveToFront();
        }
        switch (_trailers.Parse(_in.AsSpan(_inStart, _inEnd - _inStart), _limits.TrailersMax))
        {
            case BlockStep.Complete:
                _inStart += _trailers.Length;
                _bodyState = BodyState.Complete;
                return new(written, true);
            case BlockStep.NeedMore when _inEnd - _inStart < Math.Min(_limits.TrailerBytesMax, _in.Length - _inStart):
                return new(written, false);
            default:
                return new(written, false, Fail(Fault.BodyInvalid, _trailers.Problem ?? "a trailer section over the limit"));
        }
    }

    /// <summary>The trailer section must stand in one piece, and so gets all of the buffer behind the head.</summary>
    void MoveToFront()
    {
        Buffer.BlockCopy(_in, _inStart, _in, _bodyStart, _inEnd - _inStart);
        _inEnd -= _inStart - _bodyStart;
        _inStart = _bodyStart;
    }

    BodyRead BodyEnded(int received) => new(0, false, received switch
    {
        TimedOut => Fail(Fault.ReadTimeout, "the upstream stopped sending inside the response body"),
        GivenUp => Fail(Fault.Aborted, "given up by the gateway"),
        _ => Fail(Fault.BodyTruncated, _receiveProblem ?? "the connection ended inside the response body"),
    });
}
