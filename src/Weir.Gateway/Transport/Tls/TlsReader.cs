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

    internal bool IsBusy => _isBusy;

    protected override bool MayReceive => !_isBusy && (_mayHold || _socket.IsReadable);

    protected override bool TryReceive()
    {
        if (!MayReceive) return false;
        if (!_mayHold) return Receive();
        // A read of nothing ends when there is something, and needs no buffer until then.
        var ready = tls.ReadAsync(Memory<byte>.Empty);
        if (ready.IsCompletedSuccessfully)
        {
            _ = ready.Result;
            return Receive();
        }
        _isBusy = true;
        _ = WaitAsync(ready);
        // A failure may be there at once.
        return !_isBusy && HasSomething;
    }

    /// <summary>False when the record goes on in bytes that have not come yet.</summary>
    bool Receive()
    {
        var block = RoomyBlock();
        var read = tls.ReadAsync(block.Free);
        if (read.IsCompletedSuccessfully)
        {
            Decrypted(block, read.Result);
            return true;
        }
        _isBusy = true;
        Lent = block;
        _ = WaitAsync(read, block);
        return !_isBusy && HasSomething;
    }

    async Task WaitAsync(ValueTask<int> ready)
    {
        Exception? failure = null;
        try
        {
            await ready;
        }
        catch (Exception e) when (IsFailure(e))
        {
            failure = e;
        }
        await Loop.Enter();
        _isBusy = false;
        if (failure is not null) Fail(failure);
        else OnReadable();
    }

    async Task WaitAsync(ValueTask<int> read, Block block)
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
        _isBusy = false;
        if (failure is null) Decrypted(block, count);
        else Took(block, 0, failure);
        CompleteIfReady();
    }

    void Decrypted(Block block, int count)
    {
        _mayHold = count == block.Room;
        Took(block, count, null);
    }

    static bool IsFailure(Exception e) => e is IOException or ObjectDisposedException or NotSupportedException;
}
