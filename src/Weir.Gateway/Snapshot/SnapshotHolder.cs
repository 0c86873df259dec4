namespace Weir.Gateway;

/// <summary>The snapshot that new requests get. Swapping is one reference; requests under way keep theirs.</summary>
sealed class SnapshotHolder(Snapshot first)
{
    Snapshot _current = first;

    public Snapshot Current => Volatile.Read(ref _current);

    /// <summary>The current snapshot, with the caller counted as a request under way. Leave with <see cref="InFlight.Leave"/>.</summary>
    public Snapshot Enter(int stripe)
    {
        while (true)
        {
            var snapshot = Current;
            if (snapshot.InFlight.TryEnter(stripe)) return snapshot;
        }
    }

    /// <summary>Makes the next snapshot current. The one before must be retired when whatever is to outlive it has moved to the next.</summary>
    public Snapshot Swap(Snapshot next) => Interlocked.Exchange(ref _current, next);
}
