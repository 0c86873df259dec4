namespace Weir.Control;

/// <summary>One transaction as it stands in a journal.</summary>
/// <param name="Revision">Its number; the first is 1, each next one is one more.</param>
/// <param name="Payload">What happened, as UTF-8 JSON. Names the hash of the payload before it.</param>
/// <param name="Hash">SHA-256 of the payload, 32 bytes.</param>
readonly record struct JournalRecord(long Revision, ReadOnlyMemory<byte> Payload, ReadOnlyMemory<byte> Hash);

/// <summary>The state after a revision, to start from instead of the first transaction.</summary>
/// <param name="Revision">The last transaction that is in it.</param>
/// <param name="Hash">The hash of that transaction's payload.</param>
/// <param name="Content">The state, in the form that its writer chose.</param>
sealed record JournalSnapshot(long Revision, ReadOnlyMemory<byte> Hash, Stream Content);

/// <summary>
/// The one ordered, append-only record of everything that was changed. What was acknowledged is durable; what was not is there whole or not at all.
/// </summary>
interface IJournal : IAsyncDisposable
{
    /// <summary>The last durable record's revision and hash; 0 and 32 zero bytes while there is none.</summary>
    JournalHead Head { get; }

    /// <summary>
    /// Appends a record whose revision follows the last one appended. Calls are made one after the other, without waiting for the task of the one before:
    /// records that queue up while the disk is busy become durable together.
    /// </summary>
    /// <returns>True when durable; false when another node took the revision: then nothing of this or of later calls was written.</returns>
    /// <exception cref="ArgumentException">The record is not what it says, or follows another one than the last: a mistake of the caller.</exception>
    /// <exception cref="JournalAwayException">The store failed. Whether the record is durable is known when it works again.</exception>
    Task<bool> AppendAsync(JournalRecord record, CancellationToken cancellation);

    /// <summary>Durable records after a revision, in order.</summary>
    /// <exception cref="JournalBrokenException">A record is damaged or the chain does not hold.</exception>
    /// <exception cref="JournalAwayException">The store cannot be reached.</exception>
    IAsyncEnumerable<JournalRecord> ReadAsync(long afterRevision, CancellationToken cancellation);

    /// <summary>Returns when there are durable records after a revision, whoever wrote them.</summary>
    Task WaitAsync(long afterRevision, CancellationToken cancellation);

    /// <summary>Whether the store answered when it was last asked.</summary>
    bool IsReachable => true;

    /// <summary>The revision that the records here follow: 0 unless older ones are archived elsewhere.</summary>
    long Start => 0;

    /// <summary>The latest usable snapshot of the state up to a revision; null when there is none and reading starts at the first record.</summary>
    Task<JournalSnapshot?> OpenSnapshotAsync(long until, CancellationToken cancellation);

    /// <summary>The revisions that there are snapshots of, usable or not, in order.</summary>
    Task<IReadOnlyList<long>> SnapshotsAsync(CancellationToken cancellation);

    /// <summary>Stores a snapshot beside the journal. The records that are in it stay: history is kept.</summary>
    /// <param name="head">The last record in it.</param>
    /// <param name="write">Writes the state.</param>
    /// <param name="cancellation">Gives up; the snapshot before stays.</param>
    Task SaveSnapshotAsync(JournalHead head, Func<Stream, CancellationToken, Task> write, CancellationToken cancellation);
}
