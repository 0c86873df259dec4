namespace Weir.Limits.Tests;

/// <summary>Budgets as simple as can be: lists that are searched, and sums made anew for every question. What the stores are held against.</summary>
sealed class ModelBudgets
{
    readonly Dictionary<CounterKey, Account> _accounts = [];
    readonly Dictionary<Guid, Reservation> _reservations = [];

    public ReserveResult Take(Guid id, BudgetLine[] lines, UnitRange units, long leaseMs, long nowMs, LineUse[] uses, bool isNew)
    {
        var known = _reservations.GetValueOrDefault(id);
        if (known is null && !isNew) return new(ReserveOutcome.Unknown);
        if (known is not null && isNew) return Answer(new(ReserveOutcome.Granted, known.Units));
        var granted = units.Asked;
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i];
            if (!line.Rule.IsHard) continue;
            var left = line.Rule.Limit - Used(line, nowMs) - Reserved(line.Key, nowMs);
            var again = known is not null && known.ExpiresMs <= nowMs ? known.Amounts[i] : 0;
            if (line.Amount + line.PerUnit * units.Least + again > left && line.Amount + line.PerUnit * units.Least + again > 0)
                return Answer(new(ReserveOutcome.Refused, 0, i));
            if (known is null && left < 1) return Answer(new(ReserveOutcome.Refused, 0, i));
            while (granted > units.Least && line.Amount + line.PerUnit * granted + again > left) granted--;
        }
        known ??= _reservations[id] = new Reservation([.. lines.Select(static line => line.Key)], new long[lines.Length]);
        known.ExpiresMs = nowMs + leaseMs;
        known.Units += granted;
        for (var i = 0; i < lines.Length; i++)
        {
            var total = lines[i].Amount + lines[i].PerUnit * granted;
            if (lines[i].Rule.Kind == BudgetKind.Counted) At(lines[i], nowMs).Spent += total;
            else known.Amounts[i] += total;
        }
        return Answer(new(ReserveOutcome.Granted, granted));

        ReserveResult Answer(ReserveResult result)
        {
            for (var i = 0; i < lines.Length; i++) uses[i] = Tell(lines[i], nowMs, 0);
            return result;
        }
    }

    public SettleOutcome End(Guid id, BudgetLine[] lines, long nowMs, LineUse[] uses, bool isCharged)
    {
        var known = _reservations.GetValueOrDefault(id);
        var outcome = SettleOutcome.Unknown;
        var overruns = new long[lines.Length];
        if (known is not null)
        {
            _reservations.Remove(id);
            var isLate = known.ExpiresMs <= nowMs;
            outcome = isLate && known.Amounts.Any(static amount => amount > 0) ? SettleOutcome.SettledLate : SettleOutcome.Settled;
            for (var i = 0; isCharged && i < lines.Length; i++)
            {
                if (lines[i].Rule.Kind == BudgetKind.Counted) continue;
                overruns[i] = Math.Max(0, lines[i].Amount - (isLate ? 0 : known.Amounts[i]));
                At(lines[i], nowMs).Spent += lines[i].Amount;
            }
        }
        for (var i = 0; i < lines.Length; i++) uses[i] = Tell(lines[i], nowMs, overruns[i]);
        return outcome;
    }

    Account At(BudgetLine line, long nowMs)
    {
        if (!_accounts.TryGetValue(line.Key, out var account)) _accounts[line.Key] = account = new Account();
        var span = line.Rule.Window.At(nowMs);
        if (account.Span is not { } last || span.StartMs > last.StartMs)
        {
            account.Before = line.Rule.Window.IsSliding && account.Span?.EndMs == span.StartMs ? account.Spent : 0;
            (account.Span, account.Spent, account.Told) = (span, 0, 0);
        }
        return account;
    }

    long Used(BudgetLine line, long nowMs)
    {
        var account = At(line, nowMs);
        var span = account.Span!.Value;
        var rest = (double)Math.Clamp(span.EndMs - nowMs, 0, span.EndMs - span.StartMs) / (span.EndMs - span.StartMs);
        return account.Spent + (long)Math.Ceiling(account.Before * rest);
    }

    long Reserved(CounterKey key, long nowMs) => _reservations.Values.Where(reservation => reservation.ExpiresMs > nowMs)
        .Sum(reservation => Array.IndexOf(reservation.Keys, key) is >= 0 and var at ? reservation.Amounts[at] : 0);

    LineUse Tell(BudgetLine line, long nowMs, long overrun)
    {
        var (account, used) = (At(line, nowMs), Used(line, nowMs));
        var from = account.Told;
        account.Told = Math.Max(from, line.Rule.Alerts.Count(alert => used >= alert));
        return new LineUse(used, Reserved(line.Key, nowMs), account.Span!.Value.EndMs, overrun, from, account.Told);
    }

    sealed class Account
    {
        public WindowSpan? Span { get; set; }
        public long Spent { get; set; }
        public long Before { get; set; }
        public int Told { get; set; }
    }

    sealed record Reservation(CounterKey[] Keys, long[] Amounts)
    {
        public long Units { get; set; }
        public long ExpiresMs { get; set; }
    }
}
