namespace Weir.Gateway;

/// <summary>
/// Lets go of parts when no request can use them any more. A part belongs to an unbroken run of configurations; once it is dropped, it waits for those of
/// them that still have requests under way, and for no others.
/// </summary>
sealed class Retirement
{
    readonly Lock _lock = new();
    readonly SortedSet<long> _alive = [];
    readonly List<(SnapshotPart Part, long Last)> _dropped = [];

    /// <summary>Parts that wait.</summary>
    public int Waiting
    {
        get { lock (_lock) return _dropped.Count; }
    }

    /// <summary>A configuration is about to be served.</summary>
    public void Begin(long revision)
    {
        lock (_lock) _alive.Add(revision);
    }

    /// <summary>Parts are not in the configurations after this one.</summary>
    public void Drop(IEnumerable<SnapshotPart> parts, long last)
    {
        lock (_lock) _dropped.AddRange(parts.Select(part => (part, last)));
        Release();
    }

    /// <summary>A configuration has been retired and its last request has left.</summary>
    public void Drained(long revision)
    {
        lock (_lock) _alive.Remove(revision);
        Release();
    }

    void Release()
    {
        List<SnapshotPart> free = [];
        lock (_lock)
        {
            _dropped.RemoveAll(dropped =>
            {
                // Revisions that are alive are few: those with a request under way.
                if (_alive.GetViewBetween(Math.Min(dropped.Part.Since, dropped.Last), dropped.Last).Count > 0) return false;
                free.Add(dropped.Part);
                return true;
            });
        }
        foreach (var part in free) part.Dispose();
    }
}
