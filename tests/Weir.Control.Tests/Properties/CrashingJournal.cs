namespace Weir.Control.Tests;

/// <summary>A journal that now and then is away: before a record is there, or when it is and nobody learns of it.</summary>
sealed class CrashingJournal(IJournal inner, Random random) : IJournal
{
    readonly Lock _lock = new();

    public JournalHead Head => inner.Head;

    public async Task<bool> AppendAsync(JournalRecord record, CancellationToken cancellation)
    {
        int fate;
        lock (_lock) fate = random.Next(10);
        if (fate == 0) throw new JournalAwayException("away before");
        var append = inner.AppendAsync(record, cancellation);
        if (fate == 1) throw new JournalAwayException("away after");
        await Task.Yield();
        return await append;
    }

    public async IAsyncEnumerable<JournalRecord> ReadAsync(
        long afterRevision, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        bool isAway;
        lock (_lock) isAway = random.Next(20) == 0;
        if (isAway) throw new JournalAwayException("away when reading");
        await foreach (var record in inner.ReadAsync(afterRevision, cancellation)) yield return record;
    }

    public Task WaitAsync(long afterRevision, CancellationToken cancellation) => inner.WaitAsync(afterRevision, cancellation);

    public Task<JournalSnapshot?> OpenSnapshotAsync(long until, CancellationToken cancellation) => inner.OpenSnapshotAsync(until, cancellation);

    public Task<IReadOnlyList<long>> SnapshotsAsync(CancellationToken cancellation) => inner.SnapshotsAsync(cancellation);

    public Task SaveSnapshotAsync(JournalHead head, Func<Stream, CancellationToken, Task> write, CancellationToken cancellation) =>
        inner.SaveSnapshotAsync(head, write, cancellation);

    public ValueTask DisposeAsync() => default;
}
