namespace Weir.Limits;

/// <summary>
/// One part of the keys under one lock. Cells stand in an array besides the index, so that a hand can walk over them: every new key pays for a look at a few
/// old ones, which drops expired cells as fast as new ones come.
/// </summary>
sealed class CounterShard(int keysMax)
{
    /// <summary>Old cells looked at for every new key.</summary>
    const int StepsPerInsert = 2;

    /// <summary>Cells compared to find the one to forget when the shard is full.</summary>
    const int EvictionCandidates = 8;

    const int SmallestCapacity = 16;

    readonly Lock _lock = new();
    readonly Dictionary<CounterKey, int> _index = [];
    CounterCell[] _cells = [];
    int _count;
    int _hand;

    public int Count
    {
        get
        {
            lock (_lock) return _count;
        }
    }

    /// <summary>True in <paramref name="evicted"/> when a live cell was forgotten to make room.</summary>
    public CountOutcome TryCount(CounterKey key, ReadOnlySpan<WindowLimit> limits, long nowTicks, long amount, Span<long> used, out bool evicted)
    {
        lock (_lock)
        {
            evicted = false;
            if (_index.TryGetValue(key, out var at)) return _cells[at].TryCount(limits, nowTicks, amount, used);
            if (NeverFits(limits, amount))
            {
                used[..limits.Length].Clear();
                return CountOutcome.Refused;
            }
            return Insert(key, nowTicks, out evicted).TryCount(limits, nowTicks, amount, used);
        }
    }

    /// <summary>Drops every expired cell and gives memory back after a peak.</summary>
    public void Sweep(long nowTicks)
    {
        lock (_lock)
        {
            for (var i = _count - 1; i >= 0; i--)
                if (_cells[i].ExpiresTicks <= nowTicks) RemoveAt(i);
            if (_cells.Length <= SmallestCapacity || _count > _cells.Length / 4) return;
            Array.Resize(ref _cells, Math.Max(SmallestCapacity, _count * 2));
            _index.TrimExcess(_cells.Length);
        }
    }

    static bool NeverFits(ReadOnlySpan<WindowLimit> limits, long amount)
    {
        foreach (var limit in limits)
            if (amount > limit.Max) return true;
        return false;
    }

    CounterCell Insert(CounterKey key, long nowTicks, out bool evicted)
    {
        for (var step = 0; step < StepsPerInsert && _count > 0; step++)
        {
            _hand = _hand + 1 < _count ? _hand + 1 : 0;
            if (_cells[_hand].ExpiresTicks <= nowTicks) RemoveAt(_hand);
        }
        evicted = _count >= keysMax && MakeRoom(nowTicks);
        if (_count == _cells.Length) Array.Resize(ref _cells, Math.Max(SmallestCapacity, _cells.Length * 2));
        // A removed cell stays behind the last one in use and is used again.
        var cell = _cells[_count] ??= new CounterCell();
        cell.Assign(key);
        _index.Add(key, _count++);
        return cell;
    }

    /// <summary>
    /// Forgets the cell that matters least of a few: the least used, of equals the one that ends first. A flood of made-up identities, each used once, then
    /// pushes out itself and not the counters of real callers. False when an expired cell was found.
    /// </summary>
    bool MakeRoom(long nowTicks)
    {
        var (victim, victimUsed) = (-1, long.MaxValue);
        for (var candidate = 0; candidate < EvictionCandidates; candidate++)
        {
            _hand = _hand + 1 < _count ? _hand + 1 : 0;
            var cell = _cells[_hand];
            if (cell.ExpiresTicks <= nowTicks)
            {
                RemoveAt(_hand);
                return false;
            }
            var used = cell.UsedMost;
            if (victim >= 0 && (used > victimUsed || (used == victimUsed && cell.ExpiresTicks >= _cells[victim].ExpiresTicks))) continue;
            (victim, victimUsed) = (_hand, used);
        }
        RemoveAt(victim);
        return true;
    }

    void RemoveAt(int at)
    {
        var removed = _cells[at];
        _index.Remove(removed.Key);
        removed.Assign(default);
        if (at != --_count)
        {
            _cells[at] = _cells[_count];
            _index[_cells[at].Key] = at;
            _cells[_count] = removed;
        }
    }
}
