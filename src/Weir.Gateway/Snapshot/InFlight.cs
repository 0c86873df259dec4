namespace Weir.Gateway;

/// <summary>
/// Counts the requests under way on one snapshot, striped so that cores do not share a cache line, and runs an action once when the snapshot has been
/// retired and the last request has left.
/// </summary>
sealed class InFlight(Action onDrained)
{
    readonly StripedCount _count = new();
    volatile bool _retired;
    int _drained;

    /// <summary>False when the snapshot was retired meanwhile: take the current one and try again.</summary>
    public bool TryEnter(int stripe)
    {
        // Adding is a full fence, as is the write of _retired: either this sees the flag, or Retire sees the count.
        _count.Add(1, stripe);
        if (!_retired) return true;
        Leave(stripe);
        return false;
    }

    public void Leave(int stripe)
    {
        _count.Add(-1, stripe);
        if (_retired) CheckDrained();
    }

    /// <summary>No new request may enter; the action runs now or when the last one leaves.</summary>
    public void Retire()
    {
        _retired = true;
        Interlocked.MemoryBarrier();
        CheckDrained();
    }

    /// <summary>Requests under way.</summary>
    public long Count => _count.Sum;

    void CheckDrained()
    {
        if (Count == 0 && Interlocked.Exchange(ref _drained, 1) == 0) onDrained();
    }
}
