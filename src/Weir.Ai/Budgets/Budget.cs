using System.Collections.Frozen;
using System.Collections.Immutable;
using Weir.Config;
using Weir.Limits;

namespace Weir.Ai;

/// <summary>A budget as calls meet it: whom it is for, and its rule in the store. Immutable; one per configured budget and snapshot.</summary>
sealed class Budget
{
    readonly FrozenSet<string>? _values;

    /// <param name="config">What it says.</param>
    /// <param name="workspace">Whose it is: two workspaces may use the same name.</param>
    public Budget(BudgetConfig config, string workspace = "")
    {
        Config = config;
        Name = workspace.Length == 0 ? config.Name : $"{workspace}/{config.Name}";
        _values = config.Values?.ToFrozenSet(StringComparer.Ordinal);
        var hard = config.Limit is { } limit ? BudgetAmount.Parse(limit, config.Counts) : null;
        var soft = config.SoftLimit is { } text ? BudgetAmount.Parse(text, config.Counts) : null;
        var kind = config.Counts == BudgetCounts.Requests ? BudgetKind.Counted : BudgetKind.Reserved;
        // What is counted and for whom is part of the name: counters of another unit must not go on under this one.
        var name = $"budget/{Name}/{config.AppliesTo}/{config.Counts}".ToLowerInvariant();
        Rule = new BudgetRule(name, BudgetWindows.Of(config), hard ?? soft ?? 0, hard is not null, kind, AlertsOf(config, hard, soft));
        SoftLimit = soft;
    }

    public BudgetConfig Config { get; }

    public string Name { get; }

    public BudgetLevel Level => Config.AppliesTo;

    public BudgetRule Rule { get; }

    /// <summary>Use worth an alert of its own, in units of the rule; null for none.</summary>
    public long? SoftLimit { get; }

    /// <summary>What it counts grows with the output of a call.</summary>
    public bool CountsOutput => Config.Counts is BudgetCounts.Cost or BudgetCounts.TotalTokens or BudgetCounts.CompletionTokens;

    /// <summary>Nothing may be used beyond it, and output uses it up.</summary>
    public bool LimitsOutput => Rule.IsHard && CountsOutput;

    /// <summary>Whether it is for this organisation, team, model, …</summary>
    public bool IsFor(string value) => _values is null || _values.Contains(value);

    /// <summary>The line of a call of this value.</summary>
    public BudgetLine Line(string value) => Rule.Line(Config.Shared ? "" : value, 0);

    /// <summary>What a call that is over used of it.</summary>
    public long Used(LlmOutcome outcome) => Used(outcome.Usage, outcome.Sheet);

    /// <summary>What this is of it.</summary>
    public long Used(TokenUsage? usage, CostSheet? sheet) => Math.Clamp(Config.Counts switch
    {
        BudgetCounts.Cost => sheet?.Total.Units ?? 0,
        BudgetCounts.PromptTokens => usage?.Input ?? 0,
        BudgetCounts.CompletionTokens => usage?.Output ?? 0,
        BudgetCounts.TotalTokens => usage?.Total ?? 0,
        _ => 1,
    }, 0, BudgetRule.AmountMax);

    /// <summary>An amount as people read it: 0.25 of a currency, 1200 tokens.</summary>
    public string Text(long units) => DecimalText.Write(units, Config.Counts == BudgetCounts.Cost ? Nano.Decimals : 0);

    static ImmutableArray<long> AlertsOf(BudgetConfig config, long? hard, long? soft)
    {
        var limit = hard ?? soft ?? 0;
        var amounts = new SortedSet<long>();
        foreach (var fraction in config.Alerts)
            amounts.Add(Math.Clamp((long)Math.Ceiling((decimal)fraction * limit), 1, BudgetRule.AmountMax));
        if (soft is > 0) amounts.Add(soft.Value);
        return [.. amounts];
    }
}
