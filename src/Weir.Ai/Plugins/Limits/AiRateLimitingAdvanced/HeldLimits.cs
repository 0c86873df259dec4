using Weir.Limits;

namespace Weir.Ai.Plugins;

/// <summary>What one call holds of the limits it is subject to.</summary>
sealed class HeldLimits
{
    readonly (LimitSet Set, LimitRule Rule)[] _limits;
    readonly BudgetLine[] _lines;
    readonly LineUse[] _uses;

    HeldLimits(int countMax)
    {
        _limits = new (LimitSet, LimitRule)[countMax];
        _lines = new BudgetLine[countMax];
        _uses = new LineUse[countMax];
    }

    public Guid Id { get; } = ReservationId.Next();

    /// <summary>Limits that the call is subject to.</summary>
    public int Count { get; private set; }

    public ReadOnlyMemory<BudgetLine> Lines => _lines.AsMemory(0, Count);

    public Memory<LineUse> Uses => _uses.AsMemory(0, Count);

    public LimitSet SetOf(int index) => _limits[index].Set;

    public LimitRule RuleOf(int index) => _limits[index].Rule;

    public static HeldLimits Of(LimitSet[] sets, Exchange exchange, LlmCall call, string identity)
    {
        var countMax = 0;
        foreach (var set in sets) countMax += set.Rules.Length;
        var held = new HeldLimits(Math.Min(countMax, BudgetLine.LinesMax));
        foreach (var set in sets)
            if (!set.IsFallback && set.Matches(exchange, call, out var partition)) held.Add(set, identity + partition);
        if (held.Count > 0) return held;
        foreach (var set in sets)
            if (set.IsFallback) held.Add(set, identity);
        return held;
    }

    /// <summary>What is to be reserved: nothing where it is not known yet whether the limit will count the call at all.</summary>
    public void Estimate(long promptTokens)
    {
        for (var i = 0; i < Count; i++)
        {
            var (set, rule) = _limits[i];
            if (set.IsByProvider || rule.Counts == LimitedTokens.Cost) continue;
            var prompt = rule.Counts == LimitedTokens.CompletionTokens ? 0 : promptTokens;
            var perUnit = rule.Counts == LimitedTokens.PromptTokens ? 0 : 1;
            _lines[i] = _lines[i] with { Amount = Math.Min(prompt, BudgetRule.AmountMax), PerUnit = perUnit };
        }
    }

    /// <summary>What was really used.</summary>
    public void Charge(LlmOutcome outcome)
    {
        for (var i = 0; i < Count; i++)
        {
            var (set, rule) = _limits[i];
            var counts = outcome.Target is { } target && set.CountsProvider(target.ProviderText);
            _lines[i] = _lines[i] with { Amount = counts ? rule.Used(outcome) : 0, PerUnit = 0 };
        }
    }

    void Add(LimitSet set, string identity)
    {
        foreach (var rule in set.Rules)
        {
            if (Count == _limits.Length) return;
            _limits[Count] = (set, rule);
            _lines[Count++] = rule.Rule.Line(identity, 0);
        }
    }
}
