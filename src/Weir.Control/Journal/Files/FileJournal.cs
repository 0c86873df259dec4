using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Weir.Telemetry;

namespace Weir.Control;

/// <summary>
/// A journal in a folder, of one process. One thread writes; while the disk is busy with one batch the next one gathers, so that transactions that come
/// together share one sync. A record counts once the disk has it, as <see cref="FileJournalSettings.Sync"/> says.
/// </summary>
sealed partial class FileJournal : IJournal
{
    readonly object _gate = new();
    readonly FileJournalSettings _settings;
    readonly TimeProvider _time;
    readonly ILogger _log;
    readonly FolderLock _lock;
    readonly HeadFile _headFile;
    readonly JournalTail _tail;
    readonly SegmentPlaces _places;
    readonly SegmentWriter _writer;
    readonly SnapshotFolder _snapshots;
    readonly JournalMetrics _metrics;
    readonly ITimer? _syncTimer;
    readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Under the gate.
    JournalHead _appended;
    AppendBatch _filling = new();
    long _writingBytes;
    bool _isSyncDue;
    bool _isStopping;

    // Written by the writing thread alone.
    volatile bool _isFailing;

    FileJournal(FileJournalSettings settings, Opened opened, MetricRegistry metrics, TimeProvider time, ILogger log)
    {
        (_settings, _time, _log, _lock, _headFile) = (settings, time, log, opened.Lock, opened.HeadFile);
        (_places, _writer, _tail, _appended) = (opened.Places, opened.Writer, new JournalTail(opened.Head), opened.Head);
        _snapshots = new SnapshotFolder(settings, log);
        _metrics = new JournalMetrics(metrics, () => Head.Revision);
        if (settings.Sync == JournalSync.Interval)
            _syncTimer = time.CreateTimer(static journal => ((FileJournal)journal!).OnSyncDue(), this, settings.SyncInterval, settings.SyncInterval);
        // A thread of its own: it waits for the disk, and a pool thread that waits is one that serves no request.
        new Thread(Run) { IsBackground = true, Name = "weir journal" }.Start();
    }

    public JournalHead Head => _tail.Head;

    public bool IsReachable => !_isFailing;

    public long Start => JournalFolder.Segments(_settings.Folder) is [var first, ..] ? first.First - 1 : 0;

    /// <summary>Opens a journal, or begins one; what its last process was writing when it was stopped is cut off.</summary>
    /// <param name="settings">Where and how.</param>
    /// <param name="metrics">Takes the journal's metrics.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Told what was cut off, and when writing fails.</param>
    /// <param name="segments">Opens the file of a segment; null for those on disk.</param>
    /// <exception cref="JournalBrokenException">What was there for good is damaged.</exception>
    /// <exception cref="JournalUnusableException">Another process has it, a newer version made it, or its key is not here.</exception>
    public static FileJournal Open(
        FileJournalSettings settings, MetricRegistry metrics, TimeProvider time, ILogger log, Func<string, FileMode, ISegmentFile>? segments = null)
    {
        JournalFolder.Create(settings.Folder);
        var folderLock = FolderLock.Take(settings.Folder);
        try
        {
            var places = new SegmentPlaces();
            var (head, torn, copy) = FolderRecovery.Run(settings.Folder, settings.Keys, places);
            if (torn is not null) LogCut(log, torn.Bytes, Path.GetFileName(torn.Path), torn.Offset, torn.Revision, copy);
            var open = segments ?? OpenSegment;
            var writer = new SegmentWriter(settings, places, path => open(path, FileMode.CreateNew), head);
            if (JournalFolder.Segments(settings.Folder) is [.., var last])
            {
                var segment = open(last.Path, FileMode.Open);
                // The process before may have ended before the disk had what it wrote.
                segment.Sync();
                writer.Continue(last.First, segment);
            }
            var headFile = HeadFile.Open(settings.Folder);
            headFile.Write(head);
            return new FileJournal(settings, new Opened(folderLock, headFile, places, writer, head), metrics, time, log);
        }
        catch
        {
            folderLock.Dispose();
            throw;
        }
    }

    public Task<bool> AppendAsync(JournalRecord record, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested) return Task.FromCanceled<bool>(cancellation);
        if (record.Payload.Length > FrameHeader.PayloadBytesMax - Keyring.SealedBytes(0))
            throw new ArgumentException($"A transaction of {record.Payload.Length} bytes is too large; at most {FrameHeader.PayloadBytesMax}.", nameof(record));
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isStopping, this);
            if (record.Revision != _appended.Revision + 1) return Task.FromResult(false);
            var (same, problem) = JournalChain.Follow(_appended, record.Payload);
            if (problem is not null || !same.Hash.Span.SequenceEqual(record.Hash.Span))
                throw new ArgumentException($"Revision {record.Revision} cannot be appended: {problem ?? "its hash is another one"}.", nameof(record));
            var waiting = _filling.Bytes + _writingBytes;
            if (waiting > 0 && waiting + record.Payload.Length > _settings.QueueBytesMax)
                return Task.FromException<bool>(new JournalAwayException("the disk is slower than the changes: the queue of the journal is full"));
            _filling.Add(same);
            _appended = new JournalHead(same.Revision, same.Hash);
            if (_filling.Records.Count == 1) Monitor.Pulse(_gate);
            return _filling.Done;
        }
    }

    public async IAsyncEnumerable<JournalRecord> ReadAsync(long afterRevision, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var until = Head.Revision;
        if (until <= afterRevision) yield break;
        // Off the caller's thread: proving the first records may take the time of a segment.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        foreach (var record in new FolderReader(_settings.Folder, _settings.Keys, _places).Read(afterRevision, until))
        {
            cancellation.ThrowIfCancellationRequested();
            yield return record;
        }
    }

    public Task WaitAsync(long afterRevision, CancellationToken cancellation) => _tail.WaitAsync(afterRevision, cancellation);

    public Task<JournalSnapshot?> OpenSnapshotAsync(long until, CancellationToken cancellation) =>
        Task.Run(() => _snapshots.OpenNewest(Head, until), cancellation);

    public Task<IReadOnlyList<long>> SnapshotsAsync(CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<long>>([.. JournalFolder.Snapshots(_settings.Folder).Select(static snapshot => snapshot.Revision)]);

    public Task SaveSnapshotAsync(JournalHead head, Func<Stream, CancellationToken, Task> write, CancellationToken cancellation) =>
        _snapshots.SaveAsync(head, write, cancellation);

    /// <summary>Writes what waits, then lets the folder go.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_isStopping) return;
            _isStopping = true;
            Monitor.Pulse(_gate);
        }
        if (_syncTimer is not null) await _syncTimer.DisposeAsync();
        await _ended.Task;
        _headFile.Dispose();
        _snapshots.Dispose();
        _lock.Dispose();
    }

    static SegmentFile OpenSegment(string path, FileMode mode) =>
        mode == FileMode.CreateNew ? SegmentFile.Create(path, JournalFolder.FileMode) : SegmentFile.Continue(path);

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
            if (batch is not null) Write(batch);
            if (isSyncDue) SyncLate();
        }
        SyncLate();
        _writer.Dispose();
        _ended.SetResult();
    }

    /// <summary>Waits for records, or for the time to sync; null when the journal is closed and everything is written.</summary>
    (AppendBatch? Batch, bool IsSyncDue)? Take()
    {
        lock (_gate)
        {
            while (_filling.Records.Count == 0 && !_isSyncDue && !_isStopping) Monitor.Wait(_gate);
            if (_filling.Records.Count == 0 && !_isSyncDue) return null;
            var isSyncDue = _isSyncDue;
            _isSyncDue = false;
            if (_filling.Records.Count == 0) return (null, isSyncDue);
            var batch = _filling;
            (_filling, _writingBytes) = (new AppendBatch(), batch.Bytes);
            return (batch, isSyncDue);
        }
    }

    void Write(AppendBatch batch)
    {
        var started = _time.GetTimestamp();
        try
        {
            _writer.Write(batch);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            OnFailed(batch, exception);
            return;
        }
        _metrics.WriteTime.Observe(_time.GetElapsedTime(started).Ticks);
        _metrics.Batches.Add();
        _metrics.Written.Add(batch.Records.Count);
        NoteDurable();
        SetFailing(null);
        // First the head: whoever is told of the record can read it.
        _tail.MoveTo(batch.Last);
        lock (_gate) _writingBytes = 0;
        batch.Complete(isThere: true);
    }

    /// <summary>What follows a record that is not there cannot be there either: everything that waits fails with it.</summary>
    void OnFailed(AppendBatch batch, Exception exception)
    {
        SetFailing(exception);
        AppendBatch behind;
        lock (_gate)
        {
            (behind, _filling) = (_filling, new AppendBatch());
            (_appended, _writingBytes) = (Head, 0);
        }
        var reason = new JournalAwayException("the journal cannot be written: " + exception.Message, exception);
        foreach (var failed in new[] { batch, behind })
        {
            _metrics.Failed.Add(failed.Records.Count);
            failed.Fail(reason);
        }
        try
        {
            _writer.TakeBack();
        }
        catch (Exception again) when (again is IOException or UnauthorizedAccessException)
        {
            // Tried again before the next write.
            LogNotTakenBack(_log, again.Message);
        }
    }

    void SyncLate()
    {
        try
        {
            _writer.Sync();
            NoteDurable();
            _headFile.Sync();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            SetFailing(exception);
        }
    }

    void NoteDurable()
    {
        try
        {
            _headFile.Write(_writer.Durable);
        }
        catch (IOException exception)
        {
            // It may lag: then less damage is told from an end that was being written.
            LogHeadFile(_log, exception.Message);
        }
    }

    void SetFailing(Exception? exception)
    {
        if (exception is not null && !_isFailing) LogFailing(_log, _settings.Folder, exception.Message);
        if (exception is null && _isFailing) LogWorks(_log, _settings.Folder);
        _isFailing = exception is not null;
        _metrics.SetFailing(_isFailing);
    }

    [LoggerMessage(20, LogLevel.Warning,
        "The journal's last process was stopped while it wrote: {Bytes} bytes of {Segment} from offset {Offset}, where revision {Revision} was to be, were cut "
        + "off. Nobody was told that they were there. A copy is in {Copy}")]
    static partial void LogCut(ILogger log, long bytes, string segment, long offset, long revision, string copy);

    [LoggerMessage(21, LogLevel.Error, "The journal in {Folder} cannot be written: {Reason}")]
    static partial void LogFailing(ILogger log, string folder, string reason);

    [LoggerMessage(22, LogLevel.Information, "The journal in {Folder} is written again")]
    static partial void LogWorks(ILogger log, string folder);

    [LoggerMessage(23, LogLevel.Error, "What was written of a failed transaction could not be taken back yet: {Reason}")]
    static partial void LogNotTakenBack(ILogger log, string reason);

    [LoggerMessage(24, LogLevel.Warning, "The journal's head file cannot be written: {Reason}")]
    static partial void LogHeadFile(ILogger log, string reason);

    readonly record struct Opened(FolderLock Lock, HeadFile HeadFile, SegmentPlaces Places, SegmentWriter Writer, JournalHead Head);
}
