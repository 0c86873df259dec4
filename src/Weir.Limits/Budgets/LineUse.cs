namespace Weir.Limits;

/// <summary>How a line stands after an operation.</summary>
/// <param name="Spent">Units used in this window; of a sliding window, with what still counts of the one before.</param>
/// <param name="Reserved">Units held by calls under way.</param>
/// <param name="ResetsMs">When the window ends, in Unix milliseconds.</param>
/// <param name="Overrun">When settled: units charged that were not held: the provider used more than was reserved, or the lease had run out.</param>
/// <param name="AlertsFrom">The first of the rule's alerts that this operation reached.</param>
/// <param name="AlertsTo">One after the last; equal to <paramref name="AlertsFrom"/> when it reached none.</param>
readonly record struct LineUse(long Spent, long Reserved, long ResetsMs, long Overrun = 0, int AlertsFrom = 0, int AlertsTo = 0)
{
    /// <summary>What may still be reserved; 0 when a limit is used up or overrun.</summary>
    public long LeftOf(BudgetRule rule) => Math.Max(0, rule.Limit - Spent - Reserved);
}
