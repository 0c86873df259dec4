namespace Weir.Gateway;

/// <summary>The snapshot that new requests get. Swapping is one reference; requests under way keep theirs.</summary>
sealed class SnapshotHolder(Snapshot first)
{
    Snapshot _current = first;

    public Snapshot Current => Volatile.Read(ref _current);

    /// <summary>Makes the next snapshot current and returns the one before.</summary>
    public Snapshot Swap(Snapshot next) => Interlocked.Exchange(ref _current, next);
}
