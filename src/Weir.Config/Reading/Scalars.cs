using System.Buffers;
using System.Globalization;

namespace Weir.Config;

/// <summary>Types of plain scalars by the core schema of YAML 1.2.</summary>
static class Scalars
{
    static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    public static ScalarKind KindOf(string text)
    {
        if (text.Length == 0)
            return ScalarKind.Null;
        return text[0] switch
        {
            '~' when text.Length == 1 => ScalarKind.Null,
            'n' or 'N' when text is "null" or "Null" or "NULL" => ScalarKind.Null,
            't' or 'T' when text is "true" or "True" or "TRUE" => ScalarKind.Boolean,
            'f' or 'F' when text is "false" or "False" or "FALSE" => ScalarKind.Boolean,
            (>= '0' and <= '9') or '-' or '+' or '.' => NumberKind(text),
            _ => ScalarKind.Text,
        };
    }

    /// <summary>The words that YAML 1.1 readers take for booleans.</summary>
    public static bool? OldBoolean(string text) => text switch
    {
        "yes" or "Yes" or "YES" or "on" or "On" or "ON" => true,
        "no" or "No" or "NO" or "off" or "Off" or "OFF" => false,
        _ => null,
    };

    public static bool TryInteger(string text, out long value)
    {
        if (text.StartsWith("0x", StringComparison.Ordinal))
            return long.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
        if (text.StartsWith("0o", StringComparison.Ordinal))
            return TryOctal(text.AsSpan(2), out value);
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
    }

    public static bool TryNumber(string text, out double value)
    {
        if (TryInteger(text, out var integer))
        {
            value = integer;
            return true;
        }
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
    }

    static ScalarKind NumberKind(string text)
    {
        if (text.StartsWith("0x", StringComparison.Ordinal))
            return text.Length > 2 && text.AsSpan(2).IndexOfAnyExcept(HexDigits) < 0 ? ScalarKind.Integer : ScalarKind.Text;
        if (text.StartsWith("0o", StringComparison.Ordinal))
            return text.Length > 2 && text.AsSpan(2).IndexOfAnyExceptInRange('0', '7') < 0 ? ScalarKind.Integer : ScalarKind.Text;
        var rest = text.AsSpan(text[0] is '-' or '+' ? 1 : 0);
        if (rest.Length > 0 && rest.IndexOfAnyExceptInRange('0', '9') < 0)
            return ScalarKind.Integer;
        return IsFloat(rest) || rest is ".inf" or ".Inf" or ".INF" || text is ".nan" or ".NaN" or ".NAN" ? ScalarKind.Number : ScalarKind.Text;
    }

    // [0-9]* ( . [0-9]* )? ( [eE] [-+]? [0-9]+ )? with at least one digit before the exponent.
    static bool IsFloat(ReadOnlySpan<char> text)
    {
        var whole = Digits(text);
        var rest = text[whole..];
        var fraction = 0;
        if (rest.Length > 0 && rest[0] == '.')
        {
            fraction = Digits(rest[1..]);
            rest = rest[(fraction + 1)..];
        }
        if (whole + fraction == 0)
            return false;
        if (rest.Length > 0 && rest[0] is 'e' or 'E')
        {
            rest = rest[1..];
            rest = rest[(rest.Length > 0 && rest[0] is '-' or '+' ? 1 : 0)..];
            var exponent = Digits(rest);
            return exponent > 0 && exponent == rest.Length;
        }
        return rest.Length == 0;
    }

    static int Digits(ReadOnlySpan<char> text)
    {
        var end = text.IndexOfAnyExceptInRange('0', '9');
        return end < 0 ? text.Length : end;
    }

    static bool TryOctal(ReadOnlySpan<char> digits, out long value)
    {
        value = 0;
        foreach (var digit in digits)
        {
            if (digit is < '0' or > '7' || value >> 60 != 0)
                return false;
            value = (value << 3) + (digit - '0');
        }
        return digits.Length > 0;
    }
}
