using System.IO.Pipelines;
using System.Threading.Tasks.Sources;

namespace Weir.Gateway;

/// <summary>
/// A writer whose flush sends straight from its blocks, and ends when the network has taken everything: a slow reader holds its writer back. What is written
/// belongs to the writing code; a flush hands it to the loop. Idle, it holds no block.
/// </summary>
sealed class LoopWriter(LoopSocket socket) : PipeWriter, IValueTaskSource<FlushResult>
{
    /// <summary>Less room than this at the end of a block is left unused.</summary>
    const int RoomMin = 512;

    readonly EventLoop _loop = socket.Loop;
    StoppableWait _wait;

    // The writing code's.
    Block? _head;
    Block? _tail;
    int _headSent;
    long _unflushed;
    bool _completed;

    // The loop's.
    Block? _sending;
    Block? _sendingTail;
    int _sent;
    bool _ending;

    /// <summary>A flush begun elsewhere is on its way to the loop: until then what was written is nobody's to touch, and the flush may not end.</summary>
    volatile bool _handing;

    volatile bool _failed;
    volatile bool _canceled;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _unflushed;

    /// <summary>Called on the loop, once the writer was completed and everything was sent or failed.</summary>
    public Action? Drained { get; set; }

    /// <summary>Whether the writer was completed and nothing is left to send. On the loop.</summary>
    public bool IsDrained => _ending && _sending is null;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        EnsureRoom(sizeHint);
        return _tail!.Free;
    }

    public override Span<byte> GetSpan(int sizeHint = 0)
    {
        EnsureRoom(sizeHint);
        return _tail!.FreeSpan;
    }

    public override void Advance(int bytes)
    {
        if (bytes == 0) return;
        if (_tail is null || (uint)bytes > (uint)_tail.Room) throw new ArgumentOutOfRangeException(nameof(bytes));
        _tail.Fill(bytes);
        _unflushed += bytes;
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<FlushResult>(cancellationToken);
        var onLoop = _loop.IsCurrent;
        if (onLoop)
        {
            TakeWritten();
            if (Push() || _canceled) return new(Result());
        }
        else if (Volatile.Read(ref _sending) is null && SendElsewhere())
        {
            return new(Result());
        }
        _handing = !onLoop;
        _wait.Begin(cancellationToken);
        var flush = new ValueTask<FlushResult>(this, _wait.Version);
        if (!onLoop) _loop.Post(static state => ((LoopWriter)state!).StartFlush(), this);
        _wait.Register(static state => ((LoopWriter)state!).PostStop(), this);
        return flush;
    }

    public override void CancelPendingFlush()
    {
        _canceled = true;
        _loop.Post(static state => ((LoopWriter)state!).ResumeIfReady(), this);
    }

    /// <summary>Sends what was written and not flushed, and then ends our side of the connection.</summary>
    public override void Complete(Exception? exception = null)
    {
        if (_completed) return;
        _completed = true;
        if (_loop.IsCurrent) Finish();
        else _loop.Post(static state => ((LoopWriter)state!).Finish(), this);
    }

    /// <summary>Nothing can be sent any more: what is left is dropped, and flushes tell that nobody reads. On the loop.</summary>
    internal void Fail()
    {
        _failed = true;
        DropSending();
        ResumeIfReady();
        if (_ending) Drained?.Invoke();
    }

    /// <summary>Sends on. On the loop.</summary>
    internal void OnWritable()
    {
        if (_sending is null || !Push()) return;
        ResumeIfReady();
        // What went on in place may have written and completed: that has to be sent first.
        if (IsDrained) AllSent();
    }

    FlushResult IValueTaskSource<FlushResult>.GetResult(short token)
    {
        _wait.End(token);
        return Result();
    }

    ValueTaskSourceStatus IValueTaskSource<FlushResult>.GetStatus(short token) => _wait.Status(token);

    void IValueTaskSource<FlushResult>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _wait.OnCompleted(_loop, continuation, state, token, flags);

    void EnsureRoom(int sizeHint)
    {
        if (_tail is not null && _tail.Room >= Math.Max(sizeHint, RoomMin)) return;
        var onLoop = _loop.IsCurrent;
        var block = _loop.Blocks.Rent(sizeHint, onLoop);
        if (_tail is null) _head = block;
        else _tail.Append(block);
        _tail = block;
    }

    void StartFlush()
    {
        _handing = false;
        TakeWritten();
        Push();
        ResumeIfReady();
        Stop();
    }

    /// <summary>Moves what was written to what is being sent.</summary>
    void TakeWritten()
    {
        _unflushed = 0;
        if (_head is null) return;
        if (_sending is null) (_sending, _sent) = (_head, _headSent);
        else _sendingTail!.Append(_head);
        _sendingTail = _tail;
        _head = _tail = null;
        _headSent = 0;
    }

    /// <summary>Sends what was written from this thread, while the loop has nothing to send; true when nothing is left.</summary>
    bool SendElsewhere()
    {
        _unflushed = 0;
        while (_head is not null)
        {
            var count = _failed ? -Libc.BadDescriptor : socket.SendElsewhere(_head, _headSent);
            if (count == LoopSocket.WouldBlock) return false;
            if (count < 0)
            {
                _failed = true;
                Drop(ref _head, onLoop: false);
                _headSent = 0;
                break;
            }
            Skip(ref _head, ref _headSent, count, onLoop: false);
        }
        _tail = null;
        return true;
    }

    /// <summary>Sends as much as goes; true when nothing is left.</summary>
    bool Push()
    {
        if (_failed) DropSending();
        while (_sending is not null)
        {
            if (!socket.TrySpend()) return false;
            var count = socket.Send(_sending, _sent);
            if (count == LoopSocket.WouldBlock) return false;
            if (count < 0)
            {
                _failed = true;
                DropSending();
                return true;
            }
            Skip(ref _sending, ref _sent, count, onLoop: true);
        }
        _sendingTail = null;
        return true;
    }

    void DropSending()
    {
        Drop(ref _sending, onLoop: true);
        _sendingTail = null;
        _sent = 0;
    }

    /// <summary>Takes what was sent off a chain.</summary>
    void Skip(ref Block? head, ref int start, int count, bool onLoop)
    {
        while (head is { } block)
        {
            var left = block.End - start;
            if (count < left)
            {
                start += count;
                return;
            }
            count -= left;
            start = 0;
            head = block.Following;
            _loop.Blocks.Return(block, onLoop);
        }
    }

    void Drop(ref Block? head, bool onLoop)
    {
        while (head is { } block)
        {
            head = block.Following;
            _loop.Blocks.Return(block, onLoop);
        }
    }

    void Finish()
    {
        TakeWritten();
        _ending = true;
        if (!Push()) return;
        ResumeIfReady();
        AllSent();
    }

    void AllSent()
    {
        socket.ShutdownSend();
        Drained?.Invoke();
    }

    void PostStop() => _loop.Post(static state => ((LoopWriter)state!).Stop(), this);

    void Stop()
    {
        if (!_handing) _wait.Stop();
    }

    void ResumeIfReady()
    {
        if (_wait.IsPending && !_handing && (_sending is null || _canceled)) _wait.Complete();
    }

    FlushResult Result()
    {
        var canceled = _canceled;
        if (canceled) _canceled = false;
        return new(canceled, _failed);
    }
}
