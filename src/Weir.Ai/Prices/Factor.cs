using System.Globalization;

namespace Weir.Ai;

/// <summary>
/// What a price is multiplied by, exactly: a whole number of hundred-millionths. Those that a price book says have four decimals, so a product of two fits.
/// </summary>
/// <param name="Units">Hundred-millionths.</param>
readonly record struct Factor(long Units)
{
    /// <summary>Units of the factor 1.</summary>
    public const long PerOne = 100_000_000;

    /// <summary>Digits behind the point of a factor that stands in a price book.</summary>
    public const int Decimals = 4;

    /// <summary>Largest factor in effect: of a service tier and a context tier together.</summary>
    public const int Most = 100;

    const int ProductDecimals = 2 * Decimals;
    const long ParsedStep = 10_000;

    public static Factor One => new(PerOne);

    public static Factor operator *(Factor a, Factor b)
    {
        var (units, rest) = Int128.DivRem((Int128)a.Units * b.Units, PerOne);
        return rest == 0 ? new Factor(checked((long)units)) : throw new OverflowException("The product of the factors needs more than eight decimals.");
    }

    public static Factor Max(Factor a, Factor b) => a.Units >= b.Units ? a : b;

    /// <summary>Reads a plain decimal with at most four decimals, from 0 to 100; null for anything else.</summary>
    public static Factor? Parse(ReadOnlySpan<char> text) =>
        DecimalText.Parse(text, Decimals) is { } units && units <= Most * ParsedStep ? new Factor(units * ParsedStep) : null;

    /// <summary>The same factor; null when it cannot be said in four decimals or is out of range.</summary>
    public static Factor? Of(decimal factor) => Parse(factor.ToString(CultureInfo.InvariantCulture));

    public override string ToString() => DecimalText.Write(Units, ProductDecimals);
}
