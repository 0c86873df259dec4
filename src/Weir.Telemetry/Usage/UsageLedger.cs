using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Weir.Telemetry;

/// <summary>
/// Keeps usage records on disk. Whoever appends a record can wait until it is there: what an answer was promised for is in the ledger even when the process is
/// killed at that moment. One thread writes; while the disk is busy with one batch, and a moment after, the next one gathers, so that a thousand calls share
/// one fsync.
/// </summary>
sealed partial class UsageLedger : IAsyncDisposable
{
    readonly object _gate = new();
    readonly UsageLedgerSettings _settings;
    readonly TimeProvider _time;
    readonly ILogger _log;
    readonly Func<string, ISegmentFile> _create;
    readonly UsageMetrics _metrics;
    readonly string _process = Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture)[..8];
    readonly ITimer? _syncTimer;
    readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    UsageBatch _filling = new();
    int _writingBytes;
    bool _isIdle;
    bool _isSyncDue;
    bool _isStopping;

    // Of the writing thread.
    UsageBatch _spare = new();
    ISegmentFile? _segment;
    string? _segmentName;
    DateTimeOffset _segmentBegan;
    int _segmentNumber;
    bool _isFailing;

    /// <param name="settings">Where and how.</param>
    /// <param name="metrics">Takes the ledger's metrics.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Told when writing fails.</param>
    /// <param name="create">Makes the file of a new segment; null for one on disk.</param>
    public UsageLedger(UsageLedgerSettings settings, MetricRegistry metrics, TimeProvider time, ILogger log, Func<string, ISegmentFile>? create = null)
    {
        (_settings, _time, _log, _create) = (settings, time, log, create ?? SegmentFile.Create);
        _metrics = new UsageMetrics(metrics, () => QueueBytes);
        if (settings.Sync == UsageSync.Interval)
            _syncTimer = time.CreateTimer(static ledger => ((UsageLedger)ledger!).OnSyncDue(), this, settings.SyncInterval, settings.SyncInterval);
        // A thread of its own: it waits for the disk, and a pool thread that waits is one that serves no request.
        new Thread(Run) { IsBackground = true, Name = "weir usage ledger" }.Start();
    }

    /// <summary>Bytes that wait for the disk.</summary>
    public int QueueBytes
    {
        get
        {
            lock (_gate) return _filling.Bytes + _writingBytes;
        }
    }

    /// <summary>
    /// Appends a record. Completes when it is written as <see cref="UsageLedgerSettings.Sync"/> says. With <see cref="UsageFailure.Drop"/> it also completes
    /// when the record was dropped.
    /// </summary>
    /// <exception cref="UsageLedgerException">The record could not be written, and <see cref="UsageFailure.Fail"/> is set.</exception>
    /// <exception cref="ArgumentException">The record is too long.</exception>
    public ValueTask AppendAsync(UsageRecord record)
    {
        var line = UsageFrame.Write(record);
        lock (_gate)
        {
            if (!_isStopping && _filling.Bytes + _writingBytes + line.Length <= _settings.QueueBytesMax)
            {
                var done = _filling.Add(line, HomeThread.Current);
                if (_isIdle) Monitor.Pulse(_gate);
                return done;
            }
        }
        return Refuse(_isStopping ? "the usage ledger is closed" : "the disk is slower than the calls: the queue of the usage ledger is full");
    }

    /// <summary>Writes what waits, then closes the segment.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _isStopping = true;
            Monitor.Pulse(_gate);
        }
        if (_syncTimer is not null) await _syncTimer.DisposeAsync();
        await _ended.Task;
    }

    ValueTask Refuse(string reason)
    {
        if (_settings.OnFailure == UsageFailure.Drop)
        {
            _metrics.Dropped.Add();
            return ValueTask.CompletedTask;
        }
        _metrics.Failed.Add();
        return ValueTask.FromException(new UsageLedgerException(reason));
    }

    void OnSyncDue()
    {
        lock (_gate)
        {
            _isSyncDue = true;
            Monitor.Pulse(_gate);
        }
    }

    void Run()
    {
        while (Take() is var (batch, isSyncDue))
        {
            if (batch.Records > 0)
            {
                Write(batch);
                batch.Clear();
                Gather();
            }
            if (isSyncDue && _segment is not null) SyncLate();
        }
        if (_segment is not null) SyncLate();
        _segment?.Dispose();
        _ended.SetResult();
    }

    /// <summary>Waits for records, or for the time to sync; null when the ledger is closed and everything is written.</summary>
    (UsageBatch Batch, bool IsSyncDue)? Take()
    {
        lock (_gate)
        {
            _isIdle = true;
            while (_filling.Records == 0 && !_isSyncDue && !_isStopping) Monitor.Wait(_gate);
            _isIdle = false;
            if (_filling.Records == 0 && !_isSyncDue) return null;
            var taken = (_filling, _isSyncDue);
            _isSyncDue = false;
            if (_filling.Records > 0)
            {
                _writingBytes = _filling.Bytes;
                (_filling, _spare) = (_spare, _filling);
            }
            return taken;
        }
    }

    /// <summary>Waits a moment for records to share the next sync, unless the ledger closes.</summary>
    void Gather()
    {
        lock (_gate)
        {
            _writingBytes = 0;
            if (!_isStopping) Monitor.Wait(_gate, _settings.GatherFor);
        }
    }

    void Write(UsageBatch batch)
    {
        var started = _time.GetTimestamp();
        try
        {
            var segment = Segment(batch.Bytes);
            segment.Append(batch.Lines);
            if (_settings.Sync == UsageSync.Always) segment.Sync();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            OnFailed(batch, exception);
            return;
        }
        _metrics.SyncTime.Observe(_time.GetElapsedTime(started).Ticks);
        _metrics.Batches.Add();
        _metrics.Written.Add(batch.Records);
        SetFailing(null);
        batch.Complete();
    }

    void SyncLate()
    {
        try
        {
            _segment!.Sync();
        }
        catch (IOException exception)
        {
            Abandon();
            SetFailing(exception);
        }
    }

    void OnFailed(UsageBatch batch, Exception exception)
    {
        Abandon();
        SetFailing(exception);
        if (_settings.OnFailure == UsageFailure.Drop)
        {
            _metrics.Dropped.Add(batch.Records);
            batch.Complete();
            return;
        }
        _metrics.Failed.Add(batch.Records);
        batch.Fail(new UsageLedgerException("the usage ledger cannot be written: " + exception.Message, exception));
    }

    /// <summary>The segment to append to: a new one where there is none, or the one there is has had its size or its time.</summary>
    ISegmentFile Segment(int bytes)
    {
        var now = _time.GetUtcNow();
        var isOver = _segment is { Length: > 0 } && (_segment.Length + bytes > _settings.SegmentBytesMax || now - _segmentBegan >= _settings.SegmentAgeMax);
        if (isOver)
        {
            if (_settings.Sync == UsageSync.Interval) _segment!.Sync();
            Abandon();
        }
        if (_segment is not null) return _segment;
        _segmentName = UsageSegments.NameOf(now, _process, ++_segmentNumber);
        _segment = _create(Path.Combine(_settings.Folder, _segmentName));
        _segmentBegan = now;
        _metrics.Segments.Add();
        Retire(now);
        return _segment;
    }

    void Retire(DateTimeOffset now)
    {
        try
        {
            _metrics.Retired.Add(UsageSegments.Retire(_settings, _segmentName, now));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            LogKept(_log, exception.Message);
        }
    }

    /// <summary>After a failed write or sync nobody knows what of the file the disk has: the next batch begins another.</summary>
    void Abandon()
    {
        _segment?.Dispose();
        _segment = null;
    }

    void SetFailing(Exception? exception)
    {
        if (exception is not null && !_isFailing) LogFailing(_log, _settings.Folder, exception.Message);
        if (exception is null && _isFailing) LogWorks(_log, _settings.Folder);
        _isFailing = exception is not null;
        _metrics.SetFailing(_isFailing);
    }

    [LoggerMessage(40, LogLevel.Error, "The usage ledger in {Folder} cannot be written: {Reason}")]
    static partial void LogFailing(ILogger log, string folder, string reason);

    [LoggerMessage(41, LogLevel.Information, "The usage ledger in {Folder} is written again")]
    static partial void LogWorks(ILogger log, string folder);

    [LoggerMessage(42, LogLevel.Warning, "Old segments of the usage ledger were not deleted: {Reason}")]
    static partial void LogKept(ILogger log, string reason);
}
