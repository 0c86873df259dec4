using System.Globalization;

namespace Weir.Gateway.Plugins;

/// <summary>Numerals of Lua 5.1: decimal with optional fraction and exponent, or hexadecimal integers.</summary>
static class LuaNumber
{
    public static double? Parse(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        var negative = text.Length > 0 && text[0] == '-';
        var digits = negative ? text[1..] : text;
        if (digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            if (!ulong.TryParse(digits[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hex)) return null;
            return negative ? -(double)hex : hex;
        }
        // double.Parse also knows "Infinity" and "NaN", which are no numerals here.
        if (digits.IsEmpty || !(char.IsAsciiDigit(digits[0]) || digits[0] == '.')) return null;
        const NumberStyles style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return double.TryParse(text, style, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    /// <summary>An integer in another base, or null.</summary>
    public static double? Parse(ReadOnlySpan<char> text, int radix)
    {
        text = text.Trim();
        if (text.IsEmpty) return null;
        var number = 0.0;
        foreach (var c in text)
        {
            var digit = char.IsAsciiDigit(c) ? c - '0' : char.IsAsciiLetter(c) ? (c | 0x20) - 'a' + 10 : int.MaxValue;
            if (digit >= radix) return null;
            number = number * radix + digit;
        }
        return number;
    }
}
