using System.Net.Security;

namespace Weir.Gateway;

/// <summary>
/// A reader of what TLS decrypts, straight into its blocks. It waits for the socket itself: the TLS stream is asked only when bytes are there, so that it
/// answers at once as a rule, and holds no buffer while nothing comes.
/// </summary>
sealed class TlsReader(LoopSocket socket, SslStream tls) : LoopReader(socket)
{
    readonly LoopSocket _socket = socket;

    /// <summary>The stream may hold bytes of its own: those behind the handshake, or more than the last read had room for.</summary>
    bool _mayHold = true;

    /// <summary>The stream waits, for its first bytes or for the rest of a record.</summary>
    volatile bool _isBusy;

    /// <summary>
    /// What the stream has brought after a wait. The chain of blocks is the reading code's while it does not read, so this waits for its next read.
    /// </summary>
    Brought? _brought;

    internal bool IsBusy => _isBusy;

    protected override bool MayReceive => !_isBusy && (_mayHold || _brought is not null || _socket.IsReadable);

    protected override bool TryReceive()
    {
        if (!MayReceive) return false;
        if (_brought is { } brought)
        {
            _brought = null;
            Decrypted(brought.Block, brought.Count, brought.Failure);
            return true;
        }
        if (!_mayHold) return Receive();
        // A read of nothing ends when there is something, and needs no buffer until then.
        var ready = tls.ReadAsync(Memory<byte>.Empty);
        if (!ready.IsCompletedSuccessfully) return Wait(ready, block: null);
        _ = ready.Result;
        return Receive();
    }

    /// <summary>False when the record goes on in bytes that have not come yet.</summary>
    bool Receive()
    {
        var block = RoomyBlock();
        var read = tls.ReadAsync(block.Free);
        if (!read.IsCompletedSuccessfully) return Wait(read, block);
        Decrypted(block, read.Result, null);
        return true;
    }

    /// <summary>True when there is nothing to wait for, since the read has failed.</summary>
    bool Wait(ValueTask<int> read, Block? block)
    {
        if (read.IsFaulted)
        {
            Decrypted(block, 0, read.AsTask().Exception!.InnerException);
            return true;
        }
        _isBusy = true;
        Lent = block;
        _ = WaitAsync(read, block);
        return false;
    }

    async Task WaitAsync(ValueTask<int> read, Block? block)
    {
        var count = 0;
        Exception? failure = null;
        try
        {
            count = await read;
        }
        catch (Exception e) when (IsFailure(e))
        {
            failure = e;
        }
        await Loop.Enter();
        if (block is not null || failure is not null) _brought = new(block, count, failure);
        _isBusy = false;
        // A read that begins on another thread either sees this, or is seen below.
        Interlocked.MemoryBarrier();
        OnReadable();
    }

    void Decrypted(Block? block, int count, Exception? failure)
    {
        _mayHold = count > 0 && count == block!.Room;
        Took(block, count, failure);
    }

    static bool IsFailure(Exception e) => e is IOException or ObjectDisposedException or NotSupportedException;

    /// <summary>Bytes in a block, or the end, or a failure, which needs no block.</summary>
    sealed record Brought(Block? Block, int Count, Exception? Failure);
}
