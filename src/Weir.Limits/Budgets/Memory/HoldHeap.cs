namespace Weir.Limits;

/// <summary>
/// The holds of a line, the first to expire on top. Holds know their place, so that one that is settled leaves at once: a queue with dead entries would grow
/// with the calls of a whole lease.
/// </summary>
sealed class HoldHeap
{
    Hold[] _holds = [];

    public int Count { get; private set; }

    public Hold First => _holds[0];

    public void Add(Hold hold)
    {
        if (Count == _holds.Length) Array.Resize(ref _holds, Math.Max(4, Count * 2));
        Place(hold, Count++);
        Rise(hold);
    }

    public void Remove(Hold hold)
    {
        var at = hold.HeapIndex;
        var last = _holds[--Count];
        _holds[Count] = null!;
        hold.HeapIndex = -1;
        if (ReferenceEquals(last, hold)) return;
        Place(last, at);
        Restore(last);
    }

    /// <summary>Puts a hold in its place after its expiry changed.</summary>
    public void Restore(Hold hold)
    {
        Rise(hold);
        Sink(hold);
    }

    void Rise(Hold hold)
    {
        while (hold.HeapIndex > 0)
        {
            var parent = _holds[(hold.HeapIndex - 1) / 2];
            if (parent.ExpiresMs <= hold.ExpiresMs) return;
            Swap(parent, hold);
        }
    }

    void Sink(Hold hold)
    {
        while (true)
        {
            var child = hold.HeapIndex * 2 + 1;
            if (child >= Count) return;
            if (child + 1 < Count && _holds[child + 1].ExpiresMs < _holds[child].ExpiresMs) child++;
            if (hold.ExpiresMs <= _holds[child].ExpiresMs) return;
            Swap(hold, _holds[child]);
        }
    }

    void Swap(Hold upper, Hold lower)
    {
        var (up, down) = (upper.HeapIndex, lower.HeapIndex);
        Place(lower, up);
        Place(upper, down);
    }

    void Place(Hold hold, int at)
    {
        _holds[at] = hold;
        hold.HeapIndex = at;
    }
}
