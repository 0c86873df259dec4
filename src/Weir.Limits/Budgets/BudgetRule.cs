using System.Collections.Immutable;

namespace Weir.Limits;

/// <summary>When the use of a line is known.</summary>
enum BudgetKind
{
    /// <summary>Afterwards: an upper bound is reserved, what was used is charged, the rest goes back. Money, tokens.</summary>
    Reserved,

    /// <summary>At once: what is granted is spent, whatever comes of the call. Requests.</summary>
    Counted,
}

/// <summary>
/// A budget or rate limit as configured: how much may be used in each window by whoever it applies to. The unit is the caller's: nano-units of money, tokens,
/// requests. Built once per place in the configuration; immutable.
/// </summary>
sealed class BudgetRule
{
    /// <summary>
    /// The largest amount and limit: 2^53 - 1, about nine million dollars in nano-units. Redis scripts know no other number than the double, which is exact
    /// up to here; all stores have the same bound so that a budget does not change its meaning with the store.
    /// </summary>
    public const long AmountMax = (1L << 53) - 1;

    /// <summary>Alerts of one rule at most.</summary>
    public const int AlertsMax = 16;

    /// <param name="name">Of the budget at its place in the configuration. Counters go on after a reload as long as name and window stay.</param>
    /// <param name="window">How long use counts.</param>
    /// <param name="limit">Units that may be used in one window, 0 to <see cref="AmountMax"/>.</param>
    /// <param name="isHard">Whether use beyond the limit is refused; of a soft limit, alerts alone tell.</param>
    /// <param name="kind">When the use is known.</param>
    /// <param name="alerts">Spent amounts worth telling, ascending; each is told once per window by the operation that reaches it.</param>
    public BudgetRule(
        string name, BudgetWindow window, long limit, bool isHard = true, BudgetKind kind = BudgetKind.Reserved, ImmutableArray<long> alerts = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, AmountMax);
        (Name, Window, Limit, IsHard, Kind, Alerts) = (name, window, limit, isHard, kind, alerts.IsDefault ? [] : alerts);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Alerts.Length, AlertsMax, nameof(alerts));
        for (var i = 0; i < Alerts.Length; i++)
        {
            if (Alerts[i] <= (i == 0 ? 0 : Alerts[i - 1])) throw new ArgumentException("Positive and ascending amounts are expected.", nameof(alerts));
        }
        Scope = new CounterScope($"{name}/{window.Name}");
        AlertsText = string.Join(',', Alerts);
    }

    public string Name { get; }

    public BudgetWindow Window { get; }

    public long Limit { get; }

    public bool IsHard { get; }

    public BudgetKind Kind { get; }

    public ImmutableArray<long> Alerts { get; }

    /// <summary>What the counters of this rule belong to.</summary>
    public CounterScope Scope { get; }

    /// <summary>The alerts as scripts read them: separated by commas.</summary>
    internal string AlertsText { get; }

    /// <summary>The line of this rule on the path of a call.</summary>
    /// <param name="identity">Whose budget: the id of a team, a user, a session.</param>
    /// <param name="amount">See <see cref="BudgetLine.Amount"/>.</param>
    /// <param name="perUnit">See <see cref="BudgetLine.PerUnit"/>.</param>
    public BudgetLine Line(string identity, long amount, long perUnit = 0) => new(this, new CounterKey(Scope, identity), amount, perUnit);
}
