using System.Globalization;

namespace Weir.Ai;

/// <summary>Decimal numbers as text to whole numbers of their smallest place, and back: prices and factors are read exactly or not at all.</summary>
static class DecimalText
{
    /// <summary>A sign, the digits of a long, a point.</summary>
    const int CharsMax = 24;

    static readonly ulong[] Powers = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000];

    /// <summary>
    /// Reads digits, with at most <paramref name="decimals"/> behind one point and at least one on each side of it: no sign, exponent, space or grouping.
    /// Zeros at the end need no place. Null for anything else, and for what is out of the range of a long.
    /// </summary>
    public static long? Parse(ReadOnlySpan<char> text, int decimals)
    {
        var point = text.IndexOf('.');
        var whole = point < 0 ? text : text[..point];
        var fraction = point < 0 ? [] : text[(point + 1)..];
        if (whole.IsEmpty || (point >= 0 && fraction.IsEmpty)) return null;
        fraction = fraction.TrimEnd('0');
        if (fraction.Length > decimals) return null;
        Int128 units = 0;
        if (!Append(ref units, whole) || !Append(ref units, fraction)) return null;
        for (var i = fraction.Length; i < decimals; i++) units *= 10;
        return units <= long.MaxValue ? (long)units : null;
    }

    /// <summary>The number as text, without zeros at the end.</summary>
    public static string Write(long units, int decimals)
    {
        if (decimals == 0) return units.ToString(CultureInfo.InvariantCulture);
        var (whole, fraction) = Math.DivRem(units < 0 ? 0 - (ulong)units : (ulong)units, Powers[decimals]);
        Span<char> text = stackalloc char[CharsMax];
        var length = 0;
        if (units < 0) text[length++] = '-';
        whole.TryFormat(text[length..], out var written, default, CultureInfo.InvariantCulture);
        length += written;
        if (fraction == 0) return new string(text[..length]);
        text[length++] = '.';
        for (var place = decimals - 1; fraction > 0; place--)
        {
            (var digit, fraction) = Math.DivRem(fraction, Powers[place]);
            text[length++] = (char)('0' + digit);
        }
        return new string(text[..length]);
    }

    static bool Append(ref Int128 units, ReadOnlySpan<char> digits)
    {
        foreach (var digit in digits)
        {
            if (!char.IsAsciiDigit(digit)) return false;
            units = (units * 10) + (digit - '0');
            // Leading zeros may be any number; a value out of range is out of range from here on.
            if (units > long.MaxValue) return false;
        }
        return true;
    }
}
