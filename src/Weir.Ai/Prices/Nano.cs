using System.Globalization;

namespace Weir.Ai;

/// <summary>
/// Money: a whole number of billionths of the currency (one dollar is 1,000,000,000). Every operation is checked: an overflow is an exception, never another
/// sum. There is no floating point and no conversion from or to it.
/// </summary>
/// <param name="Units">Billionths of the currency.</param>
readonly record struct Nano(long Units) : IComparable<Nano>
{
    /// <summary>Units of one dollar, euro, ….</summary>
    public const long PerOne = 1_000_000_000;

    /// <summary>Digits behind the point that can be said.</summary>
    public const int Decimals = 9;

    public static Nano Zero => default;

    public bool IsZero => Units == 0;

    public static Nano operator +(Nano a, Nano b) => new(checked(a.Units + b.Units));

    public static Nano operator -(Nano a, Nano b) => new(checked(a.Units - b.Units));

    public static bool operator <(Nano a, Nano b) => a.Units < b.Units;

    public static bool operator >(Nano a, Nano b) => a.Units > b.Units;

    public static bool operator <=(Nano a, Nano b) => a.Units <= b.Units;

    public static bool operator >=(Nano a, Nano b) => a.Units >= b.Units;

    public static Nano Max(Nano a, Nano b) => a.Units >= b.Units ? a : b;

    /// <summary>Reads a plain decimal such as <c>2.50</c>, exactly; null for what is none, is negative, or needs more than nine decimals.</summary>
    public static Nano? Parse(ReadOnlySpan<char> text) => DecimalText.Parse(text, Decimals) is { } units ? new Nano(units) : null;

    /// <summary>The same amount; null when it is negative, needs more than nine decimals or is out of range.</summary>
    public static Nano? Of(decimal amount) => Parse(amount.ToString(CultureInfo.InvariantCulture));

    public int CompareTo(Nano other) => Units.CompareTo(other.Units);

    /// <summary>The amount as a decimal, without zeros at the end: <c>0.0025</c>. <see cref="Parse"/> reads it back.</summary>
    public override string ToString() => DecimalText.Write(Units, Decimals);
}
