using Weir.Config;
using Weir.Limits;

namespace Weir.Ai;

/// <summary>What a call may take of a budget: so much whatever it answers, and so much for each token of the answer.</summary>
readonly record struct BudgetAmounts(long Amount, long PerUnit)
{
    /// <summary>
    /// Over so many tokens the price of one is averaged. The most that a call may cost is a convex function of its output, so a chord over more tokens than
    /// any answer has lies above it.
    /// </summary>
    const long ChordTokens = 10_000_000;

    public static BudgetAmounts Of(BudgetCounts counts, in CallBound bound, BudgetAmounts cost) => counts switch
    {
        BudgetCounts.Cost => cost,
        BudgetCounts.PromptTokens => new(Capped(bound.InputMax), 0),
        BudgetCounts.CompletionTokens => new(0, 1),
        BudgetCounts.TotalTokens => new(Capped(bound.InputMax), 1),
        _ => new(1, 0),
    };

    /// <summary>The most that a call may cost by these prices; nothing without prices.</summary>
    public static BudgetAmounts CostOf(PriceEntry? entry, in CallBound bound)
    {
        if (entry is null) return default;
        var input = Math.Min(bound.InputMax, CostSheet.QuantityMax);
        var amount = CostSheet.Ceiling(input, 0, entry, bound.Tier).Units;
        var chord = CostSheet.Ceiling(input, ChordTokens, entry, bound.Tier).Units - amount;
        return new(Capped(amount), Capped((chord + ChordTokens - 1) / ChordTokens));
    }

    static long Capped(long amount) => Math.Min(amount, BudgetRule.AmountMax);
}
