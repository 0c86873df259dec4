using System.Buffers;

namespace Weir.Limits;

/// <summary>
/// One connection that many callers share. What they send while a write is under way goes out together with the next one; replies are handed out in the order
/// of the commands. The first fault of either side ends the connection and answers everything under way.
/// </summary>
sealed class RedisConnection : IAsyncDisposable
{
    /// <summary>Bytes waiting to be written; beyond them commands are answered at once.</summary>
    const int WaitingBytesMax = 16 * 1024 * 1024;

    const int ReadBytes = 16 * 1024;

    static readonly byte[] Asking = RedisCommand.Of("ASKING").Payload.ToArray();

    readonly Stream _stream;
    readonly TimeProvider _time;
    readonly TimeSpan _timeout;
    readonly int _pendingMax;
    readonly ITimer _watch;
    readonly Task _reading;
    readonly Lock _lock = new();
    readonly Queue<Pending> _pending = new();
    ArrayBufferWriter<byte> _waiting = new();
    ArrayBufferWriter<byte> _writing = new();
    bool _isWriting;
    string? _fault;

    public RedisConnection(Stream stream, RedisOptions options, TimeProvider time)
    {
        (_stream, _time, _timeout, _pendingMax) = (stream, time, options.CommandTimeout, options.PendingMax);
        var period = options.CommandTimeout / 4;
        _watch = time.CreateTimer(static connection => ((RedisConnection)connection!).Watch(), this, period, period);
        _reading = Task.Run(ReadAsync);
    }

    public bool IsBroken => Volatile.Read(ref _fault) is not null;

    /// <summary>Sends a command; its reply, or why there is none.</summary>
    /// <param name="command">The command.</param>
    /// <param name="isAsking">Precede it by ASKING, which a cluster node wants while it takes over a slot.</param>
    public Task<RedisValue> SendAsync(RedisCommand command, bool isAsking = false)
    {
        Pending pending;
        lock (_lock)
        {
            if (_fault is not null) return Task.FromResult(RedisValue.Unavailable(_fault));
            if (_pending.Count >= _pendingMax || _waiting.WrittenCount > WaitingBytesMax)
            {
                RedisMetrics.QueueFull.Add(1);
                return Task.FromResult(RedisValue.Unavailable("too many commands are waiting for the server"));
            }
            var now = _time.GetTimestamp();
            if (isAsking)
            {
                _waiting.Write(Asking);
                _pending.Enqueue(new Pending(now));
            }
            _waiting.Write(command.Payload.Span);
            _pending.Enqueue(pending = new Pending(now));
            if (_isWriting) return pending.Task;
            _isWriting = true;
        }
        _ = WriteAsync();
        return pending.Task;
    }

    /// <summary>Ends the connection for a reason that its callers are told.</summary>
    public void Break(string fault)
    {
        Pending[] left;
        lock (_lock)
        {
            if (_fault is not null) return;
            Volatile.Write(ref _fault, fault);
            left = [.. _pending];
            _pending.Clear();
        }
        _watch.Dispose();
        _stream.Dispose();
        foreach (var pending in left) pending.TrySetResult(RedisValue.Unavailable(fault));
    }

    public async ValueTask DisposeAsync()
    {
        Break("the client is closed");
        await _reading;
    }

    async Task WriteAsync()
    {
        try
        {
            while (true)
            {
                lock (_lock)
                {
                    if (_waiting.WrittenCount == 0 || _fault is not null)
                    {
                        _isWriting = false;
                        return;
                    }
                    (_waiting, _writing) = (_writing, _waiting);
                }
                await _stream.WriteAsync(_writing.WrittenMemory);
                _writing.ResetWrittenCount();
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            Break($"writing failed: {e.Message}");
        }
    }

    async Task ReadAsync()
    {
        try
        {
            var buffer = new byte[ReadBytes];
            var filled = 0;
            while (true)
            {
                if (filled == buffer.Length) Array.Resize(ref buffer, buffer.Length * 2);
                var read = await _stream.ReadAsync(buffer.AsMemory(filled));
                if (read == 0)
                {
                    Break("the server closed the connection");
                    return;
                }
                filled += read;
                var taken = HandOut(buffer.AsSpan(0, filled));
                buffer.AsSpan(taken, filled - taken).CopyTo(buffer);
                filled -= taken;
            }
        }
        catch (RespException e)
        {
            Break($"the server does not speak Redis's protocol: {e.Message}");
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            Break($"reading failed: {e.Message}");
        }
    }

    int HandOut(ReadOnlySpan<byte> data)
    {
        var taken = 0;
        while (RespReader.TryRead(data[taken..], out var consumed, out var value))
        {
            taken += consumed;
            if (value.Kind == RedisKind.Push) continue;
            Pending? pending;
            lock (_lock)
            {
                if (!_pending.TryDequeue(out pending) && _fault is null) throw new RespException("a reply to no command");
            }
            pending?.TrySetResult(value);
        }
        return taken;
    }

    void Watch()
    {
        lock (_lock)
        {
            if (!_pending.TryPeek(out var oldest) || _time.GetElapsedTime(oldest.SentAt) < _timeout) return;
        }
        Break($"no reply within {_timeout.TotalMilliseconds} ms");
    }

    /// <summary>A command under way.</summary>
    sealed class Pending(long sentAt) : TaskCompletionSource<RedisValue>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public long SentAt { get; } = sentAt;
    }
}
