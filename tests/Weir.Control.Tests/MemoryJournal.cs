using System.Runtime.CompilerServices;

namespace Weir.Control.Tests;

/// <summary>A journal that several planes of a test can share.</summary>
sealed class MemoryJournal : IJournal
{
    readonly List<JournalRecord> _records = [];
    readonly List<(JournalRecord Record, TaskCompletionSource<bool> Done)> _waiting = [];
    readonly Lock _lock = new();
    TaskCompletionSource _appended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Set to make the next append fail as a full disk does.</summary>
    public IOException? NextFailure { get; set; }

    /// <summary>Appended records wait until <see cref="Finish"/>.</summary>
    public bool IsSlow { get; init; }

    /// <summary>As if the transactions up to here were archived.</summary>
    public long Start { get; set; }

    /// <summary>How many wait.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock) return _waiting.Count;
        }
    }

    public JournalHead Head
    {
        get
        {
            lock (_lock) return _records.Count == 0 ? JournalHead.None : new JournalHead(_records.Count, _records[^1].Hash);
        }
    }

    /// <summary>A journal of its own with the same records.</summary>
    public MemoryJournal Copy()
    {
        var copy = new MemoryJournal();
        lock (_lock) copy._records.AddRange(_records);
        return copy;
    }

    /// <summary>Makes what waits durable.</summary>
    public void Finish()
    {
        lock (_lock)
        {
            foreach (var (record, done) in _waiting)
            {
                _records.Add(record);
                done.SetResult(true);
            }
            _waiting.Clear();
            _appended.SetResult();
            _appended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    public Task<bool> AppendAsync(JournalRecord record, CancellationToken cancellation)
    {
        lock (_lock)
        {
            if (NextFailure is { } failure)
            {
                NextFailure = null;
                return Task.FromException<bool>(failure);
            }
            if (record.Revision != _records.Count + _waiting.Count + 1 || !Follows(record)) return Task.FromResult(false);
            if (IsSlow)
            {
                var done = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
                _waiting.Add((record, done));
                return done.Task;
            }
            _records.Add(record);
            _appended.SetResult();
            _appended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return Task.FromResult(true);
        }
    }

    /// <summary>What was judged on a record that another node's took the place of follows nothing.</summary>
    bool Follows(JournalRecord record)
    {
        var last = _waiting.Count > 0 ? _waiting[^1].Record.Hash : _records.Count > 0 ? _records[^1].Hash : new byte[32];
        using var json = System.Text.Json.JsonDocument.Parse(record.Payload);
        return json.RootElement.GetProperty("previous").GetString() == Convert.ToHexStringLower(last.Span);
    }

    public async IAsyncEnumerable<JournalRecord> ReadAsync(long afterRevision, [EnumeratorCancellation] CancellationToken cancellation)
    {
        Assert.True(afterRevision >= Start, "what is archived is not read");
        List<JournalRecord> records;
        ReadFrom = afterRevision;
        lock (_lock) records = [.. _records.Skip((int)afterRevision)];
        await Task.CompletedTask;
        foreach (var record in records) yield return record;
    }

    public async Task WaitAsync(long afterRevision, CancellationToken cancellation)
    {
        while (true)
        {
            Task appended;
            lock (_lock)
            {
                if (_records.Count > afterRevision) return;
                appended = _appended.Task;
            }
            await appended.WaitAsync(cancellation);
        }
    }

    /// <summary>By revision; a test may change what is in them.</summary>
    public SortedDictionary<long, byte[]> Snapshots { get; } = [];

    public async Task<JournalSnapshot?> OpenSnapshotAsync(long until, CancellationToken cancellation)
    {
        await Task.CompletedTask;
        foreach (var (revision, content) in Snapshots.Reverse())
            if (revision <= until)
                lock (_lock) return new JournalSnapshot(revision, _records[(int)revision - 1].Hash, new MemoryStream(content));
        return null;
    }

    public Task<IReadOnlyList<long>> SnapshotsAsync(CancellationToken cancellation) => Task.FromResult<IReadOnlyList<long>>([.. Snapshots.Keys]);

    public async Task SaveSnapshotAsync(JournalHead head, Func<Stream, CancellationToken, Task> write, CancellationToken cancellation)
    {
        var content = new MemoryStream();
        await write(content, cancellation);
        Snapshots[head.Revision] = content.ToArray();
        _saved.TrySetResult();
    }

    /// <summary>Completes when the first snapshot is there.</summary>
    public Task WaitForSnapshotAsync() => _saved.Task;

    readonly TaskCompletionSource _saved = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>After which revision reading began last.</summary>
    public long ReadFrom { get; private set; }

    public ValueTask DisposeAsync() => default;
}
