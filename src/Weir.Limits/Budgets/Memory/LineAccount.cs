namespace Weir.Limits;

/// <summary>What is spent and reserved of one line. Guarded by the lock of its shard. The scripts of the other stores do the same, step by step.</summary>
sealed class LineAccount
{
    readonly HoldHeap _holds = new();
    long _startMs;
    long _endMs;
    long _spent;
    long _spentBefore;
    long _reserved;
    int _alerts;

    /// <summary>Gives back what ran out.</summary>
    public void GiveBack(long nowMs)
    {
        while (_holds.Count > 0 && _holds.First.ExpiresMs <= nowMs) Release(_holds.First);
    }

    /// <summary>Gives back what ran out and moves on to the window of this time.</summary>
    public void BringUpTo(BudgetRule rule, long nowMs)
    {
        GiveBack(nowMs);
        var (startMs, endMs) = rule.Window.At(nowMs);
        // A clock that lags behind the others finds a newer window: it counts there.
        if (startMs <= _startMs && _endMs != 0) return;
        _spentBefore = rule.Window.IsSliding && startMs == _endMs ? _spent : 0;
        (_startMs, _endMs, _spent, _alerts) = (startMs, endMs, 0, 0);
    }

    /// <summary>Units used in the window; of a sliding one, with the share of the window before that it still covers.</summary>
    public long Used(long nowMs)
    {
        if (_spentBefore == 0) return _spent;
        var rest = (double)Math.Clamp(_endMs - nowMs, 0, _endMs - _startMs) / (_endMs - _startMs);
        return Math.Min(BudgetRule.AmountMax, _spent + (long)Math.Ceiling(_spentBefore * rest));
    }

    public long Left(BudgetRule rule, long nowMs) => rule.Limit - Used(nowMs) - _reserved;

    public void Take(Hold hold, long amount, long expiresMs)
    {
        var held = hold.IsHeld ? amount : amount + hold.Amount;
        hold.Amount += amount;
        hold.ExpiresMs = expiresMs;
        _reserved += held;
        if (hold.IsHeld) _holds.Restore(hold);
        else if (hold.Amount > 0) _holds.Add(hold);
    }

    /// <summary>Ends the hold; how much it held.</summary>
    public long Release(Hold hold)
    {
        if (!hold.IsHeld) return 0;
        _holds.Remove(hold);
        _reserved -= hold.Amount;
        return hold.Amount;
    }

    public void Spend(long amount) => _spent = Math.Min(BudgetRule.AmountMax, _spent + amount);

    /// <summary>How the line stands; tells every alert that is reached for the first time in this window.</summary>
    public LineUse Tell(BudgetRule rule, long nowMs, long overrun = 0)
    {
        var (used, from) = (Used(nowMs), _alerts);
        while (_alerts < rule.Alerts.Length && used >= rule.Alerts[_alerts]) _alerts++;
        return new LineUse(used, _reserved, _endMs, overrun, from, _alerts);
    }

    /// <summary>Whether forgetting the line changes nothing.</summary>
    public bool IsDead(long nowMs)
    {
        // The window after the last still counts a part of it when it slides.
        var counts = _spent > 0 && nowMs < _endMs + (_endMs - _startMs);
        return _holds.Count == 0 && !counts;
    }
}
