using System.Collections.Frozen;
using Weir.Config;

namespace Weir.Ai;

/// <summary>All budgets of one document, and which of them a call is subject to. Immutable.</summary>
sealed class BudgetPlan
{
    public static readonly BudgetPlan Empty = new([]);

    readonly Budget[] _budgets;
    readonly FrozenDictionary<string, Budget?> _byName;

    /// <param name="configs">The budgets of the document. Disabled ones may be named and hold for nobody.</param>
    /// <param name="workspace">The workspace of the document.</param>
    public BudgetPlan(IReadOnlyList<BudgetConfig> configs, string workspace = "")
    {
        var all = configs.Select(config => (config.Name, Budget: config.Enabled ? new Budget(config, workspace) : null)).ToList();
        _byName = all.ToFrozenDictionary(static each => each.Name, static each => each.Budget, StringComparer.Ordinal);
        _budgets = [.. all.Where(static each => each.Budget is { Config.AssignedOnly: false }).Select(static each => each.Budget!)];
    }

    /// <summary>No call can be subject to any budget, save by name.</summary>
    public bool IsEmpty => _byName.Count == 0;

    public IEnumerable<Budget> All => _byName.Values.OfType<Budget>();

    /// <summary>
    /// The budgets that a call is subject to, each with whose it is: those of every level on its path, and those that its key names. Null for none, which
    /// costs nothing.
    /// </summary>
    /// <param name="path">Who calls what.</param>
    /// <param name="unknown">A budget that the key names and that is not configured; null for none.</param>
    public List<MatchedBudget>? Match(in CallPath path, out string? unknown)
    {
        unknown = null;
        List<MatchedBudget>? found = null;
        foreach (var budget in _budgets)
        {
            if (budget.Level == BudgetLevel.ConsumerGroup) MatchGroups(budget, path, ref found);
            else if (path.ValueOf(budget.Level) is { } value && path.IsFor(budget, value)) Add(budget, value, ref found);
        }
        if (path.Payer is not { Budgets.Count: > 0 } payer) return found;
        foreach (var name in payer.Budgets)
        {
            if (!_byName.TryGetValue(name, out var budget)) unknown ??= name;
            else if (budget is not null) Add(budget, path.ValueOf(budget.Level) ?? "", ref found);
        }
        return found;
    }

    static void MatchGroups(Budget budget, in CallPath path, ref List<MatchedBudget>? found)
    {
        if (path.Consumer is not { Groups: { } groups }) return;
        // By number: the enumerator of a list behind an interface is allocated.
        for (var i = 0; i < groups.Count; i++)
            if (budget.IsFor(groups[i].Name)) Add(budget, groups[i].Name, ref found);
    }

    static void Add(Budget budget, string value, ref List<MatchedBudget>? found)
    {
        found ??= [];
        var line = new MatchedBudget(budget, budget.Config.Shared ? "" : value);
        if (!found.Contains(line)) found.Add(line);
    }
}

/// <summary>A budget that a call is subject to.</summary>
/// <param name="Budget">The budget.</param>
/// <param name="Value">Whose: the organisation, team, model, …; empty where it is shared.</param>
readonly record struct MatchedBudget(Budget Budget, string Value);
