using System.Net;

namespace Weir.Gateway;

/// <summary>What stands behind a socket: told, on the loop, when it is worth trying again.</summary>
interface ISocketOwner
{
    /// <summary>There may be something to receive: bytes, the end, or a failure.</summary>
    void OnReadable();

    /// <summary>There may be room to send.</summary>
    void OnWritable();

    /// <summary>The peer has ended its side, or the connection is broken. Follows the two above.</summary>
    void OnPeerEnded(bool broken);
}

/// <summary>
/// A connected, non-blocking socket. It keeps what the edge-triggered events said: after a short receive or send nothing is tried until the next event.
/// How much it may move in one turn of its loop is limited; a socket that has used that up gets its next turn behind the others.
/// </summary>
/// <remarks>
/// It is used on its loop only, but for <c>SendElsewhere</c>, <see cref="IsQuietElsewhere"/>, <see cref="IsReadable"/> and <see cref="IsClosed"/>.
/// </remarks>
sealed unsafe class LoopSocket(int descriptor, EventLoop loop) : LoopHandler(descriptor)
{
    /// <summary>Result of an operation that has to wait; further below are error numbers, negated.</summary>
    public const int WouldBlock = -1_000_000;

    const int OperationsPerTurnMax = 16;
    const int BytesPerTurnMax = 256 * 1024;
    const int PiecesMax = 16;

    const EpollFlags Everything = EpollFlags.Readable | EpollFlags.Writable | EpollFlags.PeerEnded | EpollFlags.EdgeTriggered;

    /// <summary>Held while another thread sends or looks, and to close: the descriptor's number may belong to another socket right after.</summary>
    readonly Lock _gate = new();

    ISocketOwner? _owner;
    volatile bool _closed;
    volatile bool _readable;
    bool _writable;
    bool _watched;
    bool _peerEnded;
    bool _awaitsTurn;
    int _turn;
    int _operationsLeft;
    int _bytesLeft;

    public EventLoop Loop => loop;

    public bool IsClosed => _closed;

    /// <summary>The peer's end was reported; what it sent before may still have to be received.</summary>
    public bool PeerEnded => _peerEnded;

    /// <summary>Whether a receive is worth trying.</summary>
    public bool IsReadable => _readable;

    /// <summary>Starts to report events of a connection that is established.</summary>
    public void Open(ISocketOwner owner)
    {
        _owner = owner;
        _writable = true;
        if (!_watched) Watch(owner);
    }

    /// <summary>Starts to report events; the first that says writable says that the connection is established, or failed.</summary>
    public void Watch(ISocketOwner owner)
    {
        _owner = owner;
        _watched = true;
        loop.Register(this, Everything);
    }

    /// <summary>Whether there is nothing to receive, not even the end, as far as the loop was told.</summary>
    public bool IsQuiet()
    {
        if (IsClosed || _peerEnded) return false;
        if (!_readable) return true;
        // The last receive took all it was asked for, so nobody knows whether that was all.
        byte probe;
        if (Libc.Receive(Descriptor, &probe, 1, Libc.Peek) >= 0 || Libc.LastError != Libc.WouldBlock) return false;
        _readable = false;
        return true;
    }

    /// <summary>The same from another thread than the loop's.</summary>
    public bool IsQuietElsewhere()
    {
        lock (_gate)
        {
            if (_closed) return false;
            // The peer's end leaves a socket readable for good.
            if (!_readable) return true;
            byte probe;
            return Libc.Receive(Descriptor, &probe, 1, Libc.Peek) < 0 && Libc.LastError == Libc.WouldBlock;
        }
    }

    /// <summary>Whether everything that the peer sent before its end was received.</summary>
    public bool HasOnlyEnd()
    {
        byte probe;
        return !IsClosed && _peerEnded && Libc.Receive(Descriptor, &probe, 1, Libc.Peek) == 0;
    }

    /// <summary>Counts an operation against what the socket may do in this turn; false when it has to wait for its next.</summary>
    public bool TrySpend()
    {
        if (_turn != loop.Turn)
        {
            _turn = loop.Turn;
            _operationsLeft = OperationsPerTurnMax;
            _bytesLeft = BytesPerTurnMax;
        }
        if (--_operationsLeft >= 0 && _bytesLeft > 0) return true;
        if (_awaitsTurn) return false;
        _awaitsTurn = true;
        loop.Counters.BudgetExhausted();
        loop.Post(static state => ((LoopSocket)state!).TakeTurn(), this);
        return false;
    }

    /// <summary>Receives into <paramref name="buffer"/>: a count, 0 at the end, <see cref="WouldBlock"/>, or a negated error number.</summary>
    public int Receive(Span<byte> buffer)
    {
        if (IsClosed) return 0;
        if (!_readable) return WouldBlock;
        // A receive of nothing asks whether there is something.
        if (buffer.IsEmpty) return 0;
        nint count;
        fixed (byte* start = buffer) count = Libc.Receive(Descriptor, start, buffer.Length, 0);
        if (count < 0)
        {
            var error = Libc.LastError;
            if (error == Libc.WouldBlock) _readable = false;
            return Failed(error);
        }
        // After the peer's end no event will come: there is the end itself still to be received.
        if (count < buffer.Length && !_peerEnded) _readable = false;
        _bytesLeft -= (int)count;
        return (int)count;
    }

    /// <summary>Sends the beginning of <paramref name="bytes"/>: a count, <see cref="WouldBlock"/>, or a negated error number.</summary>
    public int Send(ReadOnlySpan<byte> bytes)
    {
        if (_closed) return -Libc.BadDescriptor;
        return _writable ? Sent(Transmit(bytes), bytes.Length) : WouldBlock;
    }

    /// <summary>Sends the beginning of a chain of blocks in one call; the first is sent from <paramref name="start"/> on.</summary>
    public int Send(Block first, int start)
    {
        if (_closed) return -Libc.BadDescriptor;
        if (!_writable) return WouldBlock;
        var count = Transmit(first, start, out var wanted);
        return Sent(count, wanted);
    }

    /// <summary>
    /// Sends from another thread than the loop's, which spares it the way there. What does not go at once is left to the loop: it alone knows the events.
    /// </summary>
    public int SendElsewhere(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            if (_closed) return -Libc.BadDescriptor;
            var count = Transmit(bytes);
            return count >= 0 ? (int)count : FailedElsewhere(Libc.LastError);
        }
    }

    /// <inheritdoc cref="SendElsewhere(ReadOnlySpan{byte})"/>
    public int SendElsewhere(Block first, int start)
    {
        lock (_gate)
        {
            if (_closed) return -Libc.BadDescriptor;
            var count = Transmit(first, start, out _);
            return count >= 0 ? (int)count : FailedElsewhere(Libc.LastError);
        }
    }

    /// <summary>Ends our side; the peer may still send.</summary>
    public void ShutdownSend()
    {
        if (!IsClosed) _ = Libc.Shutdown(Descriptor, Libc.ShutdownSend);
    }

    public IPEndPoint LocalAddress()
    {
        var name = stackalloc byte[SocketName.BytesMax];
        var length = SocketName.BytesMax;
        _ = Libc.LocalAddress(Descriptor, name, &length);
        return SocketName.Read(new(name, SocketName.BytesMax));
    }

    /// <summary>What went wrong with establishing the connection; 0 for nothing.</summary>
    public int PendingError()
    {
        int error = 0, length = sizeof(int);
        return Libc.GetOption(Descriptor, Libc.SocketLevel, Libc.PendingError, &error, &length) < 0 ? Libc.LastError : error;
    }

    /// <summary>Closes the socket; with <paramref name="reset"/> the peer is told that the connection broke.</summary>
    public void Close(bool reset = false)
    {
        if (_closed) return;
        if (reset)
        {
            var linger = stackalloc int[] { 1, 0 };
            _ = Libc.SetOption(Descriptor, Libc.SocketLevel, Libc.Linger, linger, 2 * sizeof(int));
        }
        loop.Unregister(this);
        lock (_gate)
        {
            _closed = true;
            _ = Libc.Close(Descriptor);
        }
        _owner = null;
    }

    internal override void OnEvents(EpollFlags flags)
    {
        var broken = (flags & EpollFlags.Error) != 0;
        var ended = (flags & (EpollFlags.PeerEnded | EpollFlags.HangUp | EpollFlags.Error)) != 0;
        if (ended) _peerEnded = true;
        var writable = (flags & (EpollFlags.Writable | EpollFlags.HangUp | EpollFlags.Error)) != 0;
        var readable = ended || (flags & EpollFlags.Readable) != 0;
        if (writable) _writable = true;
        if (readable) _readable = true;
        // A wait that begins on another thread either sees this, or is seen below.
        Interlocked.MemoryBarrier();
        // Whoever is told may close the socket.
        if (writable) _owner?.OnWritable();
        if (readable) _owner?.OnReadable();
        if (ended) _owner?.OnPeerEnded(broken);
    }

    internal override void Abandon()
    {
        var owner = _owner;
        owner?.OnPeerEnded(broken: true);
        Close();
        _readable = _writable = true;
        owner?.OnWritable();
        owner?.OnReadable();
    }

    void TakeTurn()
    {
        _awaitsTurn = false;
        _owner?.OnWritable();
        _owner?.OnReadable();
    }

    nint Transmit(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes) return Libc.Send(Descriptor, start, bytes.Length, Libc.NoSignal);
    }

    nint Transmit(Block first, int start, out int wanted)
    {
        if (first.Next is null)
        {
            wanted = first.End - start;
            return Transmit(first.Written(start));
        }
        var pieces = stackalloc Libc.Piece[PiecesMax];
        var count = 0;
        wanted = 0;
        for (var block = first; block is not null && count < PiecesMax; block = block.Following)
        {
            pieces[count++] = new() { Start = block.Address + start, Length = block.End - start };
            wanted += block.End - start;
            start = 0;
        }
        var message = new Libc.MessageHeader { Pieces = pieces, PieceCount = count };
        var sent = Libc.SendMessage(Descriptor, &message, Libc.NoSignal);
        GC.KeepAlive(first);
        return sent;
    }

    int Sent(nint count, int wanted)
    {
        if (count < 0)
        {
            var error = Libc.LastError;
            if (error == Libc.WouldBlock) _writable = false;
            return Failed(error);
        }
        if (count < wanted) _writable = false;
        _bytesLeft -= (int)count;
        return (int)count;
    }

    static int FailedElsewhere(int error) => error is Libc.WouldBlock or Libc.InterruptedCall ? WouldBlock : -error;

    // Signals do not interrupt calls that do not block; should one, the socket stays ready, and the next turn tries again.
    int Failed(int error)
    {
        if (error == Libc.InterruptedCall) loop.Post(static state => ((LoopSocket)state!).TakeTurn(), this);
        return error is Libc.WouldBlock or Libc.InterruptedCall ? WouldBlock : -error;
    }
}
