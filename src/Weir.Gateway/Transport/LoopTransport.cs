using System.Threading.Tasks.Sources;
using Microsoft.AspNetCore.Connections;

namespace Weir.Gateway;

/// <summary>
/// A plain TCP stream on one loop, to an upstream or under a client's TLS. Operations begun elsewhere hop onto the loop, and their code goes on there.
/// </summary>
sealed class LoopTransport(LoopSocket socket) : IUpstreamTransport, ISocketOwner, IValueTaskSource<int>, IValueTaskSource
{
    readonly EventLoop _loop = socket.Loop;
    LoopWait _receive;
    LoopWait _send;
    Memory<byte> _into;
    ReadOnlyMemory<byte> _from;
    int _received;
    int _sendError;
    volatile bool _aborted;
    Exception? _fault;

    public EventLoop Loop => _loop;

    /// <summary>The peer's end was received.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Called on the loop when everything that the peer sent before its end was received.</summary>
    public Action? Ended { get; init; }

    public ValueTask<int> ReceiveAsync(Memory<byte> buffer)
    {
        var onLoop = _loop.IsCurrent;
        if (onLoop && TryReceive(buffer, out var count)) return count >= 0 ? new(count) : ValueTask.FromException<int>(Failure(-count));
        _into = buffer;
        _receive.Begin();
        var receive = new ValueTask<int>(this, _receive.Version);
        if (!onLoop) WaitElsewhere();
        return receive;
    }

    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        var onLoop = _loop.IsCurrent;
        if (TrySend(ref bytes, onLoop, out var error)) return error == 0 ? default : ValueTask.FromException(Failure(error));
        _from = bytes;
        _send.Begin();
        var send = new ValueTask(this, _send.Version);
        if (!onLoop) _loop.Post(static state => ((LoopTransport)state!).OnWritable(), this);
        return send;
    }

    /// <remarks>This costs no system call, as a rule: the loop was told.</remarks>
    public bool IsQuiet() => !_aborted && (_loop.IsCurrent ? socket.IsQuiet() : socket.IsQuietElsewhere());

    public async ValueTask ShutdownSendAsync()
    {
        await _loop.Enter();
        socket.ShutdownSend();
    }

    public void Abort()
    {
        if (_aborted) return;
        _aborted = true;
        // Never from here: whoever aborts may hold a lock that the code of the operation under way wants.
        _loop.Post(static state => ((LoopTransport)state!).Close(), this);
    }

    /// <summary>Makes all operations fail for this reason; the socket is closed. On the loop.</summary>
    public void Fail(Exception reason)
    {
        _fault ??= reason;
        _aborted = true;
        OnReadable();
        OnWritable();
    }

    /// <summary>Receives for an operation that waits. On the loop.</summary>
    public void OnReadable()
    {
        if (!_receive.IsPending || !TryReceive(_into, out _received)) return;
        _into = default;
        _receive.Complete();
    }

    /// <summary>Sends on for an operation that waits. On the loop.</summary>
    public void OnWritable()
    {
        if (!_send.IsPending || !TrySend(ref _from, onLoop: true, out _sendError)) return;
        _from = default;
        _send.Complete();
    }

    void ISocketOwner.OnPeerEnded(bool broken) { }

    int IValueTaskSource<int>.GetResult(short token)
    {
        _receive.End(token);
        return _received >= 0 ? _received : throw Failure(-_received);
    }

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _receive.Status(token);

    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _receive.OnCompleted(_loop, continuation, state, token, flags);

    void IValueTaskSource.GetResult(short token)
    {
        _send.End(token);
        if (_sendError != 0) throw Failure(_sendError);
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _send.Status(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _send.OnCompleted(_loop, continuation, state, token, flags);

    /// <summary>A count, or a negated error; false when there is nothing yet.</summary>
    bool TryReceive(Memory<byte> buffer, out int count)
    {
        count = -Libc.BadDescriptor;
        if (_aborted) return true;
        count = LoopSocket.WouldBlock;
        if (!socket.IsReadable || !socket.TrySpend()) return false;
        count = socket.Receive(buffer.Span);
        if (count == LoopSocket.WouldBlock) return false;
        if (Ended is not null && !buffer.IsEmpty && count >= 0 && count < buffer.Length) LookForEnd(count);
        return true;
    }

    void LookForEnd(int count)
    {
        if (count == 0) HasEnded = true;
        if (count == 0 || socket.PeerEnded) Ended!();
    }

    /// <summary>Takes what was sent off <paramref name="bytes"/>; false when some is left for later.</summary>
    bool TrySend(ref ReadOnlyMemory<byte> bytes, bool onLoop, out int error)
    {
        error = _aborted ? Libc.BadDescriptor : 0;
        while (error == 0 && !bytes.IsEmpty)
        {
            if (onLoop && !socket.TrySpend()) return false;
            var count = onLoop ? socket.Send(bytes.Span) : socket.SendElsewhere(bytes.Span);
            if (count == LoopSocket.WouldBlock) return false;
            if (count < 0) error = -count;
            else bytes = bytes[count..];
        }
        return true;
    }

    /// <summary>From here on the loop completes the receive when something comes. It need only be told when something had come before.</summary>
    void WaitElsewhere()
    {
        Interlocked.MemoryBarrier();
        if (socket.IsReadable || _aborted) _loop.Post(static state => ((LoopTransport)state!).OnReadable(), this);
    }

    void Close()
    {
        socket.Close();
        OnReadable();
        OnWritable();
    }

    Exception Failure(int error)
    {
        if (_fault is not null) return _fault;
        if (_aborted) return new ObjectDisposedException(nameof(LoopTransport));
        return Ended is null ? new IOException(Libc.Text(error)) : new ConnectionResetException(Libc.Text(error));
    }
}
