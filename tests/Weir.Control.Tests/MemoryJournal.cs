using System.Runtime.CompilerServices;

namespace Weir.Control.Tests;

/// <summary>A journal that several planes of a test can share.</summary>
sealed class MemoryJournal : IJournal
{
    readonly List<JournalRecord> _records = [];
    readonly Lock _lock = new();
    TaskCompletionSource _appended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Set to make the next append fail as a full disk does.</summary>
    public IOException? NextFailure { get; set; }

    public JournalHead Head
    {
        get
        {
            lock (_lock) return _records.Count == 0 ? new JournalHead(0, new byte[32]) : new JournalHead(_records.Count, _records[^1].Hash);
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
            if (record.Revision != _records.Count + 1) return Task.FromResult(false);
            _records.Add(record);
            _appended.SetResult();
            _appended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return Task.FromResult(true);
        }
    }

    public async IAsyncEnumerable<JournalRecord> ReadAsync(long afterRevision, [EnumeratorCancellation] CancellationToken cancellation)
    {
        List<JournalRecord> records;
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

    public Task<JournalSnapshot?> OpenSnapshotAsync(CancellationToken cancellation) => Task.FromResult<JournalSnapshot?>(null);

    public Task SaveSnapshotAsync(JournalHead head, Func<Stream, CancellationToken, Task> write, CancellationToken cancellation) => Task.CompletedTask;

    public ValueTask DisposeAsync() => default;
}
