using System.Globalization;
using Weir.Limits;
using Weir.Telemetry;

namespace Weir.Ai;

/// <summary>The metrics of budgets.</summary>
sealed class BudgetMetrics
{
    const long RatioUnits = 1_000_000;

    /// <summary>Why a copy of a call was not made, whose own call was: no client has seen a refusal.</summary>
    public const string Mirror = "mirror";

    /// <summary>Values of one budget that are shown by themselves, such as teams; the others are counted as one.</summary>
    public const int ValuesMax = 100;

    readonly SeriesFamily<Counter> _alerts;
    readonly SeriesFamily<Counter> _refusals;
    readonly SeriesFamily<Counter> _overruns;
    readonly SeriesFamily<Counter> _clamped;
    readonly SeriesFamily<Counter> _cut;
    readonly SeriesFamily<Gauge> _used;
    readonly Dictionary<string, HashSet<string>> _values = new(StringComparer.Ordinal);
    readonly Lock _lock = new();

    public BudgetMetrics(MetricRegistry registry)
    {
        _alerts = registry.Counter("weir_budget_alerts_total", "Thresholds of budgets that were reached, each once per window.", ["budget", "threshold"]);
        _refusals = registry.Counter("weir_budget_refusals_total", "Calls refused by a budget.", ["budget", "reason"]);
        _overruns = registry.Counter(
            "weir_budget_overruns_total", "Calls that used more of a budget than was reserved, or were settled after their lease.", ["budget"]);
        _clamped = registry.Counter("weir_budget_clamped_total", "Calls whose limit of output tokens was lowered to what was left.");
        _cut = registry.Counter("weir_budget_streams_ended_total", "Streams that were ended because a budget was used up.");
        _used = registry.Gauge(
            "weir_budget_used_ratio", "Part of a budget that is spent, when it was last used by this node.", ["budget", "value"], RatioUnits);
    }

    public void Alert(Budget budget, string threshold) => _alerts.With(budget.Name, threshold).Add();

    public void Refused(string budget, string reason) => _refusals.With(budget, reason).Add();

    public void Overran(Budget budget) => _overruns.With(budget.Name).Add();

    public void Clamped() => _clamped.With().Add();

    public void Cut() => _cut.With().Add();

    public void Used(in MatchedBudget matched, in LineUse use)
    {
        var limit = matched.Budget.Rule.Limit;
        var ratio = limit == 0 ? RatioUnits : (long)((Int128)use.Spent * RatioUnits / limit);
        _used.With(matched.Budget.Name, Shown(matched)).Set(ratio);
    }

    /// <summary>Drops what belongs to budgets that are no longer configured.</summary>
    public void KeepOnly(IEnumerable<Budget> budgets)
    {
        var names = budgets.Select(static budget => budget.Name).ToHashSet(StringComparer.Ordinal);
        lock (_lock)
            foreach (var gone in _values.Keys.Where(name => !names.Contains(name)).ToList()) _values.Remove(gone);
        _used.Forget(labels => !names.Contains(labels[0]));
    }

    /// <summary>Word for a threshold: its part of the limit.</summary>
    public static string Threshold(Budget budget, long amount)
    {
        if (amount == budget.SoftLimit) return "soft_limit";
        var percent = budget.Rule.Limit == 0 ? 100 : amount * 100m / budget.Rule.Limit;
        return decimal.Round(percent, 1).ToString("0.#", CultureInfo.InvariantCulture) + "%";
    }

    string Shown(in MatchedBudget matched)
    {
        if (matched.Value.Length == 0) return "";
        lock (_lock)
        {
            if (!_values.TryGetValue(matched.Budget.Name, out var known)) _values[matched.Budget.Name] = known = new(StringComparer.Ordinal);
            return known.Contains(matched.Value) || (known.Count < ValuesMax && known.Add(matched.Value)) ? matched.Value : SeriesFamily<Gauge>.Other;
        }
    }
}
