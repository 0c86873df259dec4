using System.Runtime.CompilerServices;

namespace Weir.Gateway;

sealed partial class Http1Connection
{
    /// <summary>A larger body is sent in pieces, so that the write timeout is one of progress and not of size.</summary>
    const int PieceBytesMax = 128 * 1024;

    long _requestEndMs = NotYet;

    /// <summary>
    /// Sends the head, if it has not been sent, and <paramref name="body"/> after it, joined in one send where they fit; <paramref name="last"/> ends the
    /// request. Frames the body as the head declared it.
    /// </summary>
    public ValueTask<Fault> SendAsync(ReadOnlyMemory<byte> body, bool last)
    {
        if (Request.Problem is not null) return new(Fail(Fault.RequestInvalid, Request.Problem));
        return Request.IsChunked ? SendChunkAsync(body, last) : SendPlainAsync(body, last);
    }

    /// <summary>Ends a chunked body with trailers: the headers that <paramref name="write"/> adds.</summary>
    public ValueTask<Fault> SendTrailersAsync<T>(T state, Action<RequestWriter, T> write)
    {
        Request.Put("0\r\n"u8);
        write(Request, state);
        Request.Put("\r\n"u8);
        return Request.Problem is null ? FlushAsync(last: true) : new(Fail(Fault.RequestInvalid, Request.Problem));
    }

    ValueTask<Fault> SendPlainAsync(ReadOnlyMemory<byte> body, bool last)
    {
        if (body.Length > Request.BodyBytesLeft) return new(Fail(Fault.RequestInvalid, "a body longer than its Content-Length"));
        if (last && body.Length < Request.BodyBytesLeft) return new(Fail(Fault.RequestInvalid, "a body shorter than its Content-Length"));
        Request.BodySent(body.Length);
        if (Request.Count == 0) return body.IsEmpty ? Nothing(last) : SendRawAsync(body, last);
        if (body.Length > Request.Room) return SendBothAsync(body, last);
        Request.Put(body.Span);
        return FlushAsync(last);
    }

    ValueTask<Fault> SendChunkAsync(ReadOnlyMemory<byte> body, bool last)
    {
        const int EndBytes = 5;
        if (body.Length + RequestWriter.ChunkFramingBytesMax + EndBytes > Request.Room) return SendChunksAsync(body, last);
        if (!body.IsEmpty) Request.PutChunk(body.Span);
        if (last) Request.Put("0\r\n\r\n"u8);
        return Request.Count == 0 ? Nothing(last) : FlushAsync(last);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    async ValueTask<Fault> SendBothAsync(ReadOnlyMemory<byte> body, bool last)
    {
        var fault = await FlushAsync(last: false);
        return fault == Fault.None ? await SendRawAsync(body, last) : fault;
    }

    ValueTask<Fault> SendRawAsync(ReadOnlyMemory<byte> bytes, bool last) =>
        bytes.Length <= PieceBytesMax ? TransmitAsync(bytes, last) : SendPiecesAsync(bytes, last);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    async ValueTask<Fault> SendPiecesAsync(ReadOnlyMemory<byte> bytes, bool last)
    {
        while (bytes.Length > PieceBytesMax)
        {
            if (await TransmitAsync(bytes[..PieceBytesMax], last: false) is not Fault.None and var fault) return fault;
            bytes = bytes[PieceBytesMax..];
        }
        return await TransmitAsync(bytes, last);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    async ValueTask<Fault> SendChunksAsync(ReadOnlyMemory<byte> body, bool last)
    {
        const int ChunkBytesMax = RequestWriter.BufferBytes - 64;
        if (Request.Count > 0 && await FlushAsync(last: false) is not Fault.None and var fault) return fault;
        while (body.Length > ChunkBytesMax)
        {
            Request.PutChunk(body[..ChunkBytesMax].Span);
            body = body[ChunkBytesMax..];
            if (await FlushAsync(last: false) is not Fault.None and var failed) return failed;
        }
        return await SendChunkAsync(body, last);
    }

    ValueTask<Fault> Nothing(bool last)
    {
        if (last) EndRequest();
        return new(Fault.None);
    }

    /// <summary>Sends what the writer holds.</summary>
    ValueTask<Fault> FlushAsync(bool last)
    {
        var bytes = Request.Written;
        Request.Clear();
        return TransmitAsync(bytes, last);
    }

    ValueTask<Fault> TransmitAsync(ReadOnlyMemory<byte> bytes, bool last)
    {
        RequestBytesSent = true;
        _sending = true;
        ValueTask send;
        try
        {
            send = _transport.SendAsync(bytes);
            if (!send.IsCompleted) return TransmitSlowlyAsync(send, last);
            send.GetAwaiter().GetResult();
        }
        catch (Exception e) when (IsNetworkFailure(e))
        {
            return new(SendFailed(e));
        }
        return new(Sent(last));
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    async ValueTask<Fault> TransmitSlowlyAsync(ValueTask send, bool last)
    {
        _writeWatch.Start(_clock.NowMs);
        try
        {
            await send;
        }
        catch (Exception e) when (IsNetworkFailure(e))
        {
            return SendFailed(e);
        }
        return _writeWatch.StopIfFired() ? SendTimedOut() : Sent(last);
    }

    Fault Sent(bool last)
    {
        _sending = false;
        if (last) EndRequest();
        return Fault.None;
    }

    void EndRequest() => Volatile.Write(ref _requestEndMs, _clock.NowMs);

    Fault SendFailed(Exception e)
    {
        _sending = false;
        if (_writeWatch.StopIfFired()) return SendTimedOut();
        return _aborted ? Fail(Fault.Aborted, "given up by the gateway") : Fail(Fault.WriteFailed, e.Message);
    }

    Fault SendTimedOut()
    {
        _sending = false;
        return Fail(Fault.WriteTimeout, "the upstream took no bytes in time");
    }
}
