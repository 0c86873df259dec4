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

    /// <summary>Makes the next snapshot current and retires the one before.</summary>
    public void Swap(Snapshot next) => Interlocked.Exchange(ref _current, next).InFlight.Retire();
}
