using System.Globalization;

namespace Weir.Config;

/// <summary>Amounts of budgets: text in the document, whole numbers in the books. Cost is counted in billionths of the currency.</summary>
static class BudgetAmount
{
    /// <summary>The largest amount in the books, 2^53 - 1: Redis has no other exact numbers.</summary>
    public const long Most = (1L << 53) - 1;

    /// <summary>Units of one dollar, euro, ….</summary>
    public const long CostUnits = 1_000_000_000;

    /// <summary>The amount that a text says; null for a text that says none, or too large a one.</summary>
    public static long? Parse(string text, BudgetCounts counts)
    {
        var units = counts == BudgetCounts.Cost ? CostUnits : 1;
        // 28 digits are exact in a decimal; more say nothing that the books could hold.
        if (text.Length > 28 || !decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var stated)) return null;
        if (stated > Most) return null;
        var amount = stated * units;
        return amount <= Most && amount == decimal.Truncate(amount) ? (long)amount : null;
    }

    /// <summary>What a text must be, for messages.</summary>
    public static string Expected(BudgetCounts counts) => counts == BudgetCounts.Cost
        ? "expected an amount with at most nine decimals, such as \"100.00\", up to 9007199.254740991"
        : "expected a whole number such as \"100000\", up to 9007199254740991";
}
