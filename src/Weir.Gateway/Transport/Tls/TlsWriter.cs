using System.IO.Pipelines;
using System.Net.Security;

namespace Weir.Gateway;

/// <summary>A writer whose flush encrypts straight from its blocks and ends when the network has taken everything. Idle, it holds no block.</summary>
sealed class TlsWriter(SslStream tls, EventLoop loop) : PipeWriter
{
    /// <summary>Less room than this at the end of a block is left unused.</summary>
    const int RoomMin = 512;

    Block? _head;
    Block? _tail;
    long _unflushed;
    Task? _writing;
    TaskCompletionSource? _flushing;
    bool _completed;
    volatile bool _failed;
    volatile bool _canceled;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _unflushed;

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
        var (first, onLoop) = (_head, loop.IsCurrent);
        (_head, _tail, _unflushed) = (null, null, 0);
        if (_writing is { IsCompleted: false }) return FlushSlowlyAsync(WriteAfterAsync(_writing, first), cancellationToken);
        for (var block = first; block is not null;)
        {
            var write = _failed ? default : tls.WriteAsync(block.Memory, CancellationToken.None);
            if (!write.IsCompletedSuccessfully) return FlushSlowlyAsync(WriteAsync(write, block), cancellationToken);
            write.GetAwaiter().GetResult();
            var next = block.Following;
            loop.Blocks.Return(block, onLoop);
            block = next;
        }
        return new(Result());
    }

    public override void CancelPendingFlush()
    {
        _canceled = true;
        // A flush that begins to wait either sees this, or is seen below.
        Interlocked.MemoryBarrier();
        Volatile.Read(ref _flushing)?.TrySetResult();
    }

    /// <summary>Sends what was written and not flushed.</summary>
    public override void Complete(Exception? exception = null)
    {
        if (_completed) return;
        _completed = true;
        if (_head is not null) _ = FlushAsync();
    }

    public override async ValueTask CompleteAsync(Exception? exception = null)
    {
        Complete(exception);
        if (_writing is { } writing) await writing;
    }

    /// <summary>Waits until the network has taken what was flushed, or the flush is given up: the writing goes on all the same.</summary>
    async ValueTask<FlushResult> FlushSlowlyAsync(Task writing, CancellationToken cancellationToken)
    {
        _writing = writing;
        var flushing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.Exchange(ref _flushing, flushing);
        if (!_canceled) await Task.WhenAny(writing, flushing.Task).WaitAsync(cancellationToken);
        Volatile.Write(ref _flushing, null);
        return Result();
    }

    async Task WriteAfterAsync(Task before, Block? first)
    {
        await before;
        await WriteAsync(default, first, isWriting: false);
    }

    Task WriteAsync(ValueTask write, Block first) => WriteAsync(write, first, isWriting: true);

    /// <summary>Writes a chain of blocks, the first of which is being written already.</summary>
    async Task WriteAsync(ValueTask write, Block? block, bool isWriting)
    {
        while (block is not null)
        {
            try
            {
                if (isWriting) await write;
                else if (!_failed) await tls.WriteAsync(block.Memory);
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                _failed = true;
            }
            isWriting = false;
            var next = block.Following;
            loop.Blocks.Return(block, loop.IsCurrent);
            block = next;
        }
    }

    void EnsureRoom(int sizeHint)
    {
        if (_tail is not null && _tail.Room >= Math.Max(sizeHint, RoomMin)) return;
        var block = loop.Blocks.Rent(sizeHint, loop.IsCurrent);
        if (_tail is null) _head = block;
        else _tail.Append(block);
        _tail = block;
    }

    FlushResult Result()
    {
        var canceled = _canceled;
        if (canceled) _canceled = false;
        return new(canceled, _failed);
    }
}
