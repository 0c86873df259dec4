using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Tasks.Sources;
using Microsoft.AspNetCore.Connections;

namespace Weir.Gateway;

/// <summary>
/// A reader that receives straight into its blocks when somebody reads. It belongs to the reading code, and to the loop while a read is pending; it may be
/// used from any thread, and goes on on the loop. Idle, it holds no block.
/// </summary>
class LoopReader(LoopSocket socket) : PipeReader, IValueTaskSource<ReadResult>
{
    /// <summary>Less room than this at the end of a block is not worth a receive.</summary>
    const int RoomMin = 1024;

    readonly EventLoop _loop = socket.Loop;
    StoppableWait _wait;
    Block? _head;
    Block? _tail;
    int _start;
    bool _hasUnexamined;
    bool _ended;
    bool _completed;
    volatile bool _canceled;
    Exception? _fault;

    /// <summary>The peer's end was received.</summary>
    public bool HasEnded => _ended;

    /// <summary>Called on the loop when everything that the peer sent before its end was received.</summary>
    public Action? Ended { get; set; }

    /// <summary>Whether it is worth trying to receive.</summary>
    protected virtual bool MayReceive => socket.IsReadable;

    protected EventLoop Loop => _loop;

    /// <summary>A block that is being received into by an operation that goes on: nobody else may get it.</summary>
    protected Block? Lent { get; set; }

    bool HasSomething => _hasUnexamined || _ended || _canceled || _fault is not null;

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (_completed) throw new InvalidOperationException("The reader was completed.");
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<ReadResult>(cancellationToken);
        if (HasSomething || (_loop.IsCurrent && TryReceive())) return _fault is null ? new(Result()) : ValueTask.FromException<ReadResult>(_fault);
        _wait.Begin(cancellationToken);
        var read = new ValueTask<ReadResult>(this, _wait.Version);
        if (!_loop.IsCurrent) WaitElsewhere();
        _wait.Register(static state => ((LoopReader)state!).PostStop(), this);
        return read;
    }

    public override bool TryRead(out ReadResult result)
    {
        if (_completed) throw new InvalidOperationException("The reader was completed.");
        if (_fault is not null) throw _fault;
        var has = HasSomething;
        result = has ? Result() : default;
        return has;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        // Positions in nothing come from an empty result.
        if (consumed.GetObject() is not Block to) return;
        var (index, onLoop) = (consumed.GetInteger(), _loop.IsCurrent);
        _hasUnexamined = examined.GetObject() != _tail || examined.GetInteger() < _tail!.End;
        while (_head != to)
        {
            if (_head is null) throw new InvalidOperationException("The position is not one of the last read.");
            Drop(onLoop);
        }
        _start = index;
        if (_start < to.End) return;
        // A block that was read to its end is of no use, whether it is the last or not.
        Drop(onLoop);
    }

    public override void CancelPendingRead()
    {
        _canceled = true;
        // Never from here: whoever cancels may hold a lock that the reading code wants.
        _loop.Post(static state => ((LoopReader)state!).CompleteIfReady(), this);
    }

    public override void Complete(Exception? exception = null)
    {
        if (_completed) return;
        _completed = true;
        var onLoop = _loop.IsCurrent;
        while (_head is not null) Drop(onLoop);
        _hasUnexamined = false;
    }

    /// <summary>Makes this read and all further ones fail. On the loop.</summary>
    internal void Fail(Exception fault)
    {
        _fault ??= fault;
        Interlocked.MemoryBarrier();
        CompleteIfReady();
    }

    /// <summary>Receives for a pending read. On the loop.</summary>
    internal void OnReadable()
    {
        if (_wait.IsPending && (HasSomething || TryReceive())) _wait.Complete();
    }

    ReadResult IValueTaskSource<ReadResult>.GetResult(short token)
    {
        _wait.End(token);
        return _fault is null ? Result() : throw _fault;
    }

    ValueTaskSourceStatus IValueTaskSource<ReadResult>.GetStatus(short token) => _wait.Status(token);

    void IValueTaskSource<ReadResult>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _wait.OnCompleted(_loop, continuation, state, token, flags);

    /// <summary>From here on the loop completes the read when something comes. It need only be told when something had come before.</summary>
    void WaitElsewhere()
    {
        Interlocked.MemoryBarrier();
        if (MayReceive || HasSomething) _loop.Post(static state => ((LoopReader)state!).OnReadable(), this);
    }

    void PostStop() => _loop.Post(static state => ((LoopReader)state!)._wait.Stop(), this);

    void CompleteIfReady()
    {
        if (_wait.IsPending && HasSomething) _wait.Complete();
    }

    ReadResult Result()
    {
        var canceled = _canceled;
        if (canceled) _canceled = false;
        var buffer = _head is null ? ReadOnlySequence<byte>.Empty : new(_head, _start, _tail!, _tail!.End);
        return new(buffer, canceled, _ended);
    }

    /// <summary>Receives once; false when there is nothing yet.</summary>
    protected virtual bool TryReceive()
    {
        if (!socket.IsReadable || !socket.TrySpend()) return false;
        var block = RoomyBlock();
        var count = socket.Receive(block.FreeSpan);
        if (count == LoopSocket.WouldBlock)
        {
            GiveBack(block);
            return false;
        }
        var isLast = count > 0 && socket.PeerEnded && count < block.Room;
        Took(block, count, count < 0 ? new ConnectionResetException(Libc.Text(-count)) : null);
        if (isLast) Ended?.Invoke();
        return true;
    }

    /// <summary>The last block, if there is room in it, or a new one.</summary>
    protected Block RoomyBlock() => _tail is { } tail && tail.Room >= RoomMin ? tail : _loop.Blocks.Rent(BlockPool.BlockBytes, onLoop: true);

    /// <summary>Gives a roomy block back that nothing was received into.</summary>
    protected void GiveBack(Block block)
    {
        if (block != _tail) _loop.Blocks.Return(block, onLoop: true);
    }

    /// <summary>Takes in what was received into a roomy block: bytes, the end, or a failure.</summary>
    protected void Took(Block? block, int count, Exception? failure)
    {
        Lent = null;
        if (count > 0)
        {
            var from = block!.End;
            block.Fill(count);
            if (block != _tail) Append(block, from);
            _hasUnexamined = true;
            return;
        }
        if (block is not null) GiveBack(block);
        if (failure is not null) _fault ??= failure;
        else End();
    }

    void End()
    {
        _ended = true;
        Ended?.Invoke();
    }

    void Append(Block block, int from)
    {
        if (_tail is null) (_head, _start) = (block, from);
        else _tail.Append(block);
        _tail = block;
    }

    void Drop(bool onLoop)
    {
        var block = _head!;
        _head = block.Following;
        _start = 0;
        if (_head is null) _tail = null;
        if (block != Lent) _loop.Blocks.Return(block, onLoop);
    }
}
