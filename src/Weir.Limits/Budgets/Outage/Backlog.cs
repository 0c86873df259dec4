namespace Weir.Limits;

/// <summary>Settlements that wait for their store, oldest first. Safe for concurrent use; worked off by one at a time.</summary>
sealed class Backlog(int countMax)
{
    readonly Lock _lock = new();
    readonly Queue<(Guid Id, BudgetLine[] Lines)> _waiting = new();
    bool _isWorkedOff;

    public int Count
    {
        get
        {
            lock (_lock) return _waiting.Count;
        }
    }

    /// <summary>False when an older one was dropped for it.</summary>
    public bool Add(Guid id, BudgetLine[] lines)
    {
        lock (_lock)
        {
            _waiting.Enqueue((id, lines));
            if (_waiting.Count <= countMax) return true;
            _waiting.Dequeue();
            return false;
        }
    }

    public bool TryPeek(out Guid id, out BudgetLine[] lines)
    {
        lock (_lock)
        {
            var hasOne = _waiting.TryPeek(out var oldest);
            (id, lines) = oldest;
            return hasOne;
        }
    }

    /// <summary>Removes the oldest unless it was dropped meanwhile.</summary>
    public void Remove(Guid id)
    {
        lock (_lock)
            if (_waiting.TryPeek(out var oldest) && oldest.Id == id) _waiting.Dequeue();
    }

    public bool TryEnter()
    {
        lock (_lock)
        {
            if (_isWorkedOff) return false;
            return _isWorkedOff = true;
        }
    }

    public void Exit()
    {
        lock (_lock) _isWorkedOff = false;
    }
}
