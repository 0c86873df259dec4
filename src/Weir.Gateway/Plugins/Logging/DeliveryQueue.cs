using System.Buffers;
using Microsoft.Extensions.Logging;
using Weir.Telemetry;

namespace Weir.Gateway.Plugins;

/// <summary>
/// A queue of entries on their way to somewhere that may be slow or away. Adding an entry copies it and returns; batches are delivered in order, one at a
/// time, and tried again with growing delays until they arrive or have been tried for too long. When the queue is full the oldest entries are dropped: the
/// newest tell more about what is happening now.
/// </summary>
sealed partial class DeliveryQueue : IPending, IDisposable, IThreadPoolWorkItem
{
    readonly QueueConfig _config;
    readonly IDelivery _delivery;
    readonly Deliveries _house;
    readonly ILogger _log;
    readonly Counter _delivered, _expired, _overflow, _tooLarge, _abandoned, _retries;
    readonly CancellationTokenSource _abandon = new();
    readonly Lock _lock = new();
    readonly Queue<Entry> _waiting = new();
    long _bytes;
    int _running;
    bool _closed, _finished;
    bool _isFailing, _isOverflowing;
    TaskCompletionSource? _gathering;
    TaskCompletionSource? _drained;

    public DeliveryQueue(string name, QueueConfig config, IDelivery delivery, Deliveries house, ILogger log)
    {
        (Name, _config, _delivery, _house, _log) = (name, config, delivery, house, log);
        _delivered = house.Entries.With(name, "delivered");
        _expired = house.Entries.With(name, "expired");
        _overflow = house.Entries.With(name, "overflow");
        _tooLarge = house.Entries.With(name, "too_large");
        _abandoned = house.Entries.With(name, "abandoned");
        _retries = house.Retries.With(name);
        house.Add(this);
    }

    /// <summary>What it is called in metrics and logs.</summary>
    public string Name { get; }

    /// <summary>Entries that wait; those of the batch under way are not counted.</summary>
    public int Waiting
    {
        get { lock (_lock) return _waiting.Count; }
    }

    bool IsUnlimited => _config.ConcurrencyLimit == -1;

    /// <summary>Adds an entry. It is copied; the caller may reuse its memory.</summary>
    public void Add(ReadOnlySpan<byte> entry)
    {
        if (entry.Length > _config.MaxBytes)
        {
            _tooLarge.Add();
            LogTooLarge(_log, Name, entry.Length, _config.MaxBytes.Value);
            return;
        }
        var copy = Entry.Of(entry);
        lock (_lock)
        {
            if (!_finished)
            {
                MakeRoom(entry.Length);
                _waiting.Enqueue(copy);
                _bytes += copy.Length;
                if (_waiting.Count >= _config.MaxBatchSize) _gathering?.TrySetResult();
                if (!MayStart()) return;
                _running++;
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
                return;
            }
        }
        copy.Release();
        _abandoned.Add();
    }

    /// <summary>Takes no more than what waits now, delivers it in the background, then lets go of the sink.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_closed) return;
            _closed = true;
            _gathering?.TrySetResult();
            if (_running > 0) return;
        }
        Finish();
    }

    public async Task DrainAsync(CancellationToken cancellation)
    {
        Task drained;
        lock (_lock)
        {
            if (_running == 0) return;
            _drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _gathering?.TrySetResult();
            drained = _drained.Task;
        }
        await using var giveUp = cancellation.UnsafeRegister(static queue => ((DeliveryQueue)queue!)._abandon.Cancel(), this);
        await drained;
    }

    void IThreadPoolWorkItem.Execute() => _ = RunAsync();

    /// <summary>Under the lock: whether one more delivery may begin.</summary>
    bool MayStart() => IsUnlimited ? _running < _config.MaxEntries : _running == 0;

    /// <summary>Under the lock: drops the oldest entries until one of this length fits.</summary>
    void MakeRoom(int length)
    {
        var dropped = 0;
        while (_waiting.Count >= _config.MaxEntries || (_config.MaxBytes is { } bytesMax && _bytes + length > bytesMax))
        {
            var oldest = _waiting.Dequeue();
            _bytes -= oldest.Length;
            oldest.Release();
            dropped++;
        }
        if (dropped == 0) return;
        _overflow.Add(dropped);
        if (!_isOverflowing) LogOverflow(_log, Name);
        _isOverflowing = true;
    }

    async Task RunAsync()
    {
        var batch = new List<Entry>();
        var contents = new List<ReadOnlyMemory<byte>>();
        do
        {
            await GatherAsync();
            Take(batch);
            contents.Clear();
            foreach (var entry in batch) contents.Add(entry.Content);
            if (batch.Count > 0) await DeliverAsync(contents);
            foreach (var entry in batch) entry.Release();
            batch.Clear();
        }
        while (!IsDone());
    }

    /// <summary>Waits until the batch is full or the first entry has waited long enough.</summary>
    async Task GatherAsync()
    {
        Task gathered;
        lock (_lock)
        {
            if (IsUnlimited || _config.MaxCoalescingDelay <= 0 || _waiting.Count >= _config.MaxBatchSize || _closed || _drained is not null) return;
            _gathering = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            gathered = _gathering.Task;
        }
        using var over = new CancellationTokenSource();
        await Task.WhenAny(gathered, Task.Delay(TimeSpan.FromSeconds(_config.MaxCoalescingDelay), _house.Time, over.Token));
        await over.CancelAsync();
        lock (_lock) _gathering = null;
    }

    void Take(List<Entry> batch)
    {
        lock (_lock)
        {
            var count = IsUnlimited ? 1 : _config.MaxBatchSize;
            while (batch.Count < count && _waiting.TryDequeue(out var entry))
            {
                _bytes -= entry.Length;
                batch.Add(entry);
            }
            _isOverflowing = false;
        }
    }

    async Task DeliverAsync(List<ReadOnlyMemory<byte>> batch)
    {
        var started = _house.Time.GetTimestamp();
        for (var retries = 0; ; retries++)
        {
            try
            {
                var problem = _abandon.IsCancellationRequested ? null : await TrySendAsync(batch);
                if (_abandon.IsCancellationRequested) break;
                if (problem is null)
                {
                    Succeeded(batch.Count);
                    return;
                }
                if (HasExpired(started, problem, retries, batch.Count)) return;
                _retries.Add();
                await Task.Delay(RetryDelay(retries), _house.Time, _abandon.Token);
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }
        _abandoned.Add(batch.Count);
    }

    async ValueTask<string?> TrySendAsync(List<ReadOnlyMemory<byte>> batch)
    {
        try
        {
            return await _delivery.SendAsync(batch, _abandon.Token);
        }
        catch (Exception exception) when (!_abandon.IsCancellationRequested)
        {
            // A failure that nobody foresaw must not end the queue.
            return exception.Message;
        }
    }

    void Succeeded(int count)
    {
        _delivered.Add(count);
        if (_isFailing) LogRecovered(_log, Name);
        _isFailing = false;
    }

    bool HasExpired(long started, string problem, int retries, int count)
    {
        if (_house.Time.GetElapsedTime(started) > TimeSpan.FromSeconds(_config.MaxRetryTime))
        {
            _expired.Add(count);
            LogExpired(_log, Name, retries, count, problem);
            return true;
        }
        if (!_isFailing) LogFailing(_log, Name, problem);
        _isFailing = true;
        return false;
    }

    TimeSpan RetryDelay(int retries) => TimeSpan.FromSeconds(Math.Min(_config.MaxRetryDelay, Math.Pow(2, retries) * _config.InitialRetryDelay));

    /// <summary>Whether this run ends: nothing waits. The last run of a closed queue finishes it.</summary>
    bool IsDone()
    {
        bool finish;
        lock (_lock)
        {
            if (_waiting.Count > 0) return false;
            if (--_running > 0) return true;
            _drained?.TrySetResult();
            _drained = null;
            finish = _closed;
        }
        if (finish) Finish();
        return true;
    }

    void Finish()
    {
        lock (_lock)
        {
            if (_finished) return;
            _finished = true;
        }
        _house.Remove(this);
        _delivery.Dispose();
    }

    /// <summary>A copy of what was added, in pooled memory.</summary>
    readonly record struct Entry(byte[] Bytes, int Length)
    {
        public ReadOnlyMemory<byte> Content => Bytes.AsMemory(0, Length);

        public static Entry Of(ReadOnlySpan<byte> content)
        {
            var bytes = ArrayPool<byte>.Shared.Rent(content.Length);
            content.CopyTo(bytes);
            return new Entry(bytes, content.Length);
        }

        public void Release() => ArrayPool<byte>.Shared.Return(Bytes);
    }

    [LoggerMessage(30, LogLevel.Error, "Queue {Queue} is full: the oldest entries are dropped until there is room (weir_delivery_entries_total)")]
    static partial void LogOverflow(ILogger log, string queue);

    [LoggerMessage(31, LogLevel.Error, "Queue {Queue}: an entry of {Bytes} bytes is longer than max_bytes ({BytesMax}) and was dropped")]
    static partial void LogTooLarge(ILogger log, string queue, int bytes, int bytesMax);

    [LoggerMessage(32, LogLevel.Warning, "Queue {Queue} cannot deliver: {Problem}; it is tried again")]
    static partial void LogFailing(ILogger log, string queue, string problem);

    [LoggerMessage(33, LogLevel.Information, "Queue {Queue} delivers again")]
    static partial void LogRecovered(ILogger log, string queue);

    [LoggerMessage(34, LogLevel.Error, "Queue {Queue} gave up after {Retries} retries: {Count} entries were lost: {Problem}")]
    static partial void LogExpired(ILogger log, string queue, int retries, int count, string problem);
}
