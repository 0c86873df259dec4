namespace Weir.Limits;

/// <summary>
/// One budget on the path of a call and what the call takes from it: <see cref="Amount"/> + units granted × <see cref="PerUnit"/>. When settling,
/// <see cref="Amount"/> alone is what was really used.
/// </summary>
/// <param name="Rule">The budget.</param>
/// <param name="Key">Whose; in the scope of the rule. Each key stands at most once among the lines of a call.</param>
/// <param name="Amount">What the call takes however many units it is granted: the price of its prompt, one request.</param>
/// <param name="PerUnit">What each unit takes: the price of an output token. 0 when the line does not depend on units.</param>
readonly record struct BudgetLine(BudgetRule Rule, CounterKey Key, long Amount, long PerUnit = 0)
{
    /// <summary>Lines of one call at most.</summary>
    public const int LinesMax = 32;

    /// <summary>What the line takes when so many units are granted; at most <see cref="BudgetRule.AmountMax"/>.</summary>
    public long Total(long units)
    {
        var total = (Int128)Amount + (Int128)PerUnit * units;
        return total > BudgetRule.AmountMax ? BudgetRule.AmountMax : (long)total;
    }

    /// <summary>Throws when lines cannot belong to one call: a fault of the caller, never of a request.</summary>
    public static void Check(ReadOnlySpan<BudgetLine> lines, int usesLength)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(lines.Length, LinesMax, nameof(lines));
        ArgumentOutOfRangeException.ThrowIfLessThan(usesLength, lines.Length, nameof(usesLength));
        for (var i = 0; i < lines.Length; i++)
        {
            ref readonly var line = ref lines[i];
            if (line.Amount is < 0 or > BudgetRule.AmountMax || line.PerUnit is < 0 or > BudgetRule.AmountMax)
                throw new ArgumentOutOfRangeException(nameof(lines), $"Amounts of {line.Key} are not between 0 and {BudgetRule.AmountMax}.");
            for (var j = 0; j < i; j++)
                if (lines[j].Key == line.Key) throw new ArgumentException($"The budget {line.Key} stands twice on the path of one call.", nameof(lines));
        }
    }
}

/// <summary>Units that a call asks for: tokens of output.</summary>
/// <param name="Asked">Granted if all hard limits have room.</param>
/// <param name="Least">Fewer than these are of no use; the same as <paramref name="Asked"/> when nothing may be clamped.</param>
readonly record struct UnitRange(long Asked, long Least)
{
    /// <summary>The amounts stand as they are.</summary>
    public static UnitRange None => default;

    /// <summary>Exactly so many.</summary>
    public static UnitRange Exactly(long units) => new(units, units);

    /// <summary>Throws when the range is empty: a fault of the caller.</summary>
    public void Check()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(Least);
        ArgumentOutOfRangeException.ThrowIfLessThan(Asked, Least);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Asked, BudgetRule.AmountMax);
    }
}
