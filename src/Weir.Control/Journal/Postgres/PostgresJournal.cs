using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Npgsql;
using Weir.Telemetry;

namespace Weir.Control;

/// <summary>
/// A journal in PostgreSQL, of any number of nodes. The server decides who takes a revision: one function call per record, one transaction for all records that
/// waited. A call whose answer was lost is made again and finds its own record.
/// </summary>
sealed partial class PostgresJournal : IJournal
{
    readonly object _gate = new();
    readonly PostgresJournalSettings _settings;
    readonly TimeProvider _time;
    readonly ILogger _log;
    readonly PostgresRecords _records;
    readonly PostgresSnapshots _snapshots;
    readonly JournalTail _tail;
    readonly PostgresListener _listener;
    readonly JournalMetrics _metrics;
    readonly SemaphoreSlim _arrived = new(0);
    readonly CancellationTokenSource _stopping = new();
    readonly Task _writing;

    // Written by the writing task alone. While it is so nobody waits for a second try.
    volatile bool _isFailing;
    readonly Task _listening;

    // Under the gate.
    AppendBatch _filling = new();
    AppendBatch? _beingWritten;
    bool _isClosed;

    PostgresJournal(PostgresJournalSettings settings, JournalHead head, MetricRegistry metrics, TimeProvider time, ILogger log)
    {
        (_settings, _time, _log) = (settings, time, log);
        _records = new PostgresRecords(settings.Source, settings.Keys);
        _snapshots = new PostgresSnapshots(settings.Source, settings.Keys, settings.SnapshotsKept);
        _tail = new JournalTail(head);
        _listener = new PostgresListener(settings, _tail, time, log);
        _metrics = new JournalMetrics(metrics, () => Head.Revision);
        metrics.Observe(
            MetricType.Gauge, "weir_journal_listening", "1 while the database tells this node of new transactions.", () => _listener.IsListening ? 1 : 0);
        _writing = Task.Run(WriteAllAsync, CancellationToken.None);
        _listening = Task.Run(() => _listener.RunAsync(_stopping.Token), CancellationToken.None);
    }

    public bool IsReachable => _listener.IsListening;

    /// <summary>The last record that this node knows to be durable; other nodes may be further by now.</summary>
    public JournalHead Head => _tail.Head;

    /// <summary>Opens the journal of a database; makes its tables, or takes the steps that they lack.</summary>
    /// <exception cref="JournalUnusableException">The schema is newer than this program.</exception>
    /// <exception cref="JournalBrokenException">The last record cannot be opened.</exception>
    /// <exception cref="JournalAwayException">The server cannot be reached.</exception>
    public static async Task<PostgresJournal> OpenAsync(
        PostgresJournalSettings settings, MetricRegistry metrics, TimeProvider time, ILogger log, CancellationToken cancellation)
    {
        try
        {
            await PostgresMigrations.MigrateAsync(settings.Source, PostgresMigrations.All, cancellation);
            var records = new PostgresRecords(settings.Source, settings.Keys);
            var head = await records.HeadAsync(cancellation);
            // Before anything is written beside what the keyring cannot open.
            if (head.Revision > 0) await records.ProveAsync(head.Revision, cancellation);
            return new PostgresJournal(settings, head, metrics, time, log);
        }
        catch (NpgsqlException away)
        {
            throw PostgresFaults.Of(away);
        }
    }

    public Task<bool> AppendAsync(JournalRecord record, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested) return Task.FromCanceled<bool>(cancellation);
        if (!JournalChain.TryReadPrevious(record.Payload.Span, new byte[JournalHead.HashBytes]))
            throw new ArgumentException($"Revision {record.Revision} cannot be appended: its payload does not begin with a hash.", nameof(record));
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            var last = _filling.Records.Count > 0 ? _filling : _beingWritten;
            if (last is not null && (record.Revision != last.Last.Revision + 1 || JournalChain.Problem(last.Last, record.Payload.Span) is not null))
                return Task.FromResult(false);
            if (_filling.Records.Count >= _settings.QueueRecordsMax)
                return Task.FromException<bool>(new JournalAwayException("the database is slower than the changes: the queue of the journal is full"));
            _filling.Add(record);
            if (_filling.Records.Count == 1) _arrived.Release();
            return _filling.Done;
        }
    }

    public async IAsyncEnumerable<JournalRecord> ReadAsync(long afterRevision, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var records = _records.ReadAsync(afterRevision, cancellation).GetAsyncEnumerator(cancellation);
        while (await AskAsync(() => records.MoveNextAsync().AsTask()))
        {
            _tail.MoveTo(new JournalHead(records.Current.Revision, records.Current.Hash));
            yield return records.Current;
        }
    }

    public Task WaitAsync(long afterRevision, CancellationToken cancellation) => _tail.WaitAsync(afterRevision, cancellation);

    public Task<JournalSnapshot?> OpenSnapshotAsync(long until, CancellationToken cancellation) =>
        AskAsync(() => _snapshots.OpenNewestAsync(until, (revision, reason) => LogPassedOver(_log, revision, reason), cancellation));

    public Task<IReadOnlyList<long>> SnapshotsAsync(CancellationToken cancellation) => AskAsync(() => _snapshots.RevisionsAsync(cancellation));

    public Task SaveSnapshotAsync(JournalHead head, Func<Stream, CancellationToken, Task> write, CancellationToken cancellation) =>
        AskAsync(async () =>
        {
            await _snapshots.SaveAsync(head, write, cancellation);
            return true;
        });

    /// <summary>Writes what waits, then lets the database go.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_isClosed) return;
            _isClosed = true;
            _arrived.Release();
        }
        await _writing;
        await _stopping.CancelAsync();
        await _listening;
        _stopping.Dispose();
        _arrived.Dispose();
    }

    /// <summary>A server that is away is a store that failed.</summary>
    static async Task<T> AskAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (NpgsqlException away)
        {
            throw PostgresFaults.Of(away);
        }
    }

    async Task WriteAllAsync()
    {
        while (true)
        {
            await _arrived.WaitAsync();
            AppendBatch batch;
            lock (_gate)
            {
                if (_filling.Records.Count == 0 && _isClosed) return;
                if (_filling.Records.Count == 0) continue;
                (batch, _filling) = (_filling, new AppendBatch());
                _beingWritten = batch;
            }
            await WriteAsync(batch);
        }
    }

    async Task WriteAsync(AppendBatch batch)
    {
        var started = _time.GetTimestamp();
        try
        {
            var isThere = await AppendAsync(batch, started);
            _metrics.WriteTime.Observe(_time.GetElapsedTime(started).Ticks);
            _metrics.Batches.Add();
            _metrics.SetFailing(false);
            _isFailing = false;
            if (isThere)
            {
                _metrics.Written.Add(batch.Records.Count);
                _tail.MoveTo(batch.Last);
                lock (_gate) _beingWritten = null;
                batch.Complete(isThere: true);
            }
            else End(batch, _metrics.Raced, static lost => lost.Complete(isThere: false));
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // Whatever it is: a writer that is gone would let everybody wait for ever.
            LogFailing(_log, exception.Message);
            _metrics.SetFailing(true);
            _isFailing = true;
            var reason = new JournalAwayException(
                $"the journal's database cannot be written: {exception.Message}. Whether the change is there is seen when it is back", exception);
            End(batch, _metrics.Failed, failed => failed.Fail(reason));
        }
    }

    /// <summary>What follows a record that is not there cannot be there either: everything that waits ends with it.</summary>
    void End(AppendBatch batch, Counter counted, Action<AppendBatch> end)
    {
        AppendBatch behind;
        lock (_gate)
        {
            (behind, _filling) = (_filling, new AppendBatch());
            _beingWritten = null;
        }
        counted.Add(batch.Records.Count + behind.Records.Count);
        end(batch);
        end(behind);
    }

    async Task<bool> AppendAsync(AppendBatch batch, long started)
    {
        var first = batch.Records[0];
        var previous = new byte[JournalHead.HashBytes];
        JournalChain.TryReadPrevious(first.Payload.Span, previous);
        for (var tries = 1; ; tries++)
            try
            {
                return await _records.AppendAsync(new JournalHead(first.Revision - 1, previous), batch.Records, CancellationToken.None);
            }
            catch (Exception exception) when (PostgresFaults.IsPassing(exception) && !_isFailing
                && _time.GetElapsedTime(started) < _settings.RetryFor)
            {
                if (tries == 1) LogAgain(_log, exception.Message);
                await Task.Delay(_settings.RetryAfter, _time);
            }
    }

    [LoggerMessage(45, LogLevel.Warning, "An append to the journal's database is made again and again until it is back: {Reason}")]
    static partial void LogAgain(ILogger log, string reason);

    [LoggerMessage(46, LogLevel.Error, "The journal's database cannot be written: {Reason}")]
    static partial void LogFailing(ILogger log, string reason);

    [LoggerMessage(47, LogLevel.Warning, "The snapshot of revision {Revision} is passed over: {Reason}")]
    static partial void LogPassedOver(ILogger log, long revision, string reason);
}
