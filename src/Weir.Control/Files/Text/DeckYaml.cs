using System.Buffers;
using System.Globalization;
using System.Text;
using Weir.Config;

namespace Weir.Control;

/// <summary>
/// Writes YAML as decK does: two spaces a level, dashes of a list under the key that it belongs to, quotes only where a text would otherwise be read as
/// something else. What it writes reads as the same nodes.
/// </summary>
static class DeckYaml
{
    static readonly SearchValues<char> NumberChars = SearchValues.Create("0123456789_.");
    static readonly SearchValues<char> TimeChars = SearchValues.Create("0123456789:");

    public static string Write(Node root)
    {
        var text = new StringBuilder();
        switch (root)
        {
            case MapNode { Entries.Count: > 0 } map:
                WriteMap(text, map, 0, inline: false);
                break;
            case ListNode { Items.Count: > 0 } list:
                WriteList(text, list, 0, inline: false);
                break;
            default:
                WriteInline(text, root, 0);
                break;
        }
        return text.ToString();
    }

    static void WriteMap(StringBuilder text, MapNode map, int indent, bool inline)
    {
        foreach (var entry in map.Entries)
        {
            if (!inline) text.Append(' ', indent);
            inline = false;
            text.Append(Scalar(entry.Key, plain: false, indent, isKey: true)).Append(':');
            switch (entry.Value)
            {
                case MapNode { Entries.Count: > 0 } inner:
                    text.Append('\n');
                    WriteMap(text, inner, indent + 2, inline: false);
                    break;
                case ListNode { Items.Count: > 0 } inner:
                    text.Append('\n');
                    WriteList(text, inner, indent, inline: false);
                    break;
                default:
                    text.Append(' ');
                    WriteInline(text, entry.Value, indent + 2);
                    break;
            }
        }
    }

    static void WriteList(StringBuilder text, ListNode list, int indent, bool inline)
    {
        foreach (var item in list.Items)
        {
            if (!inline) text.Append(' ', indent);
            inline = false;
            text.Append("- ");
            switch (item)
            {
                case MapNode { Entries.Count: > 0 } inner:
                    WriteMap(text, inner, indent + 2, inline: true);
                    break;
                case ListNode { Items.Count: > 0 } inner:
                    WriteList(text, inner, indent + 2, inline: true);
                    break;
                default:
                    WriteInline(text, item, indent + 2);
                    break;
            }
        }
    }

    static void WriteInline(StringBuilder text, Node node, int indent)
    {
        text.Append(node switch
        {
            MapNode => "{}",
            ListNode => "[]",
            ScalarNode { Kind: ScalarKind.Null } => "null",
            ScalarNode { Kind: ScalarKind.Text } scalar => Scalar(scalar.Text, scalar.Plain, indent, isKey: false),
            ScalarNode scalar => scalar.Text,
            _ => "",
        });
        text.Append('\n');
    }

    static string Scalar(string text, bool plain, int indent, bool isKey)
    {
        if (text.Contains('\n', StringComparison.Ordinal) && !isKey && CanBeLiteral(text)) return Literal(text, indent);
        if (text.Any(static c => char.IsControl(c) || c is '\u2028' or '\u2029' or '\uFEFF' || char.IsSurrogate(c))) return DoubleQuoted(text);
        // An expression that stood without quotes may become a number; one in quotes is a text whatever it becomes.
        if (text.Contains("${{", StringComparison.Ordinal) && !plain) return SingleQuoted(text);
        if (IsAmbiguous(text)) return DoubleQuoted(text);
        return CanBePlain(text) && (!isKey || text.All(IsKeyChar)) ? text : SingleQuoted(text);
    }

    // What keys are made of; readers disagree about anything else in them.
    static bool IsKeyChar(char c) => char.IsLetterOrDigit(c) || c is '_' or '-' or '.' or '/' or '~' or '$' or ' ' or '+';

    static bool IsAmbiguous(string text) => text.Length == 0 || Scalars.KindOf(text) != ScalarKind.Text || Scalars.OldBoolean(text) is not null
        || text is "y" or "Y" or "n" or "N" or "=" or "<<" || IsOldNumber(text);

    // What readers of YAML 1.1 take for numbers: 0b11, 1_000, and times of day counted in sixties; and for dates.
    static bool IsOldNumber(string text)
    {
        var digits = text.AsSpan().TrimStart("+-");
        if (digits.Length == 0 || !char.IsAsciiDigit(digits[0])) return false;
        if (digits.StartsWith("0b", StringComparison.Ordinal) || digits.StartsWith("0o", StringComparison.Ordinal)) return true;
        return digits.IndexOfAnyExcept(NumberChars) < 0 && digits.Count('.') <= 1
            || digits.IndexOfAnyExcept(TimeChars) < 0 && !digits.EndsWith(":", StringComparison.Ordinal)
            || DateTime.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);
    }

    static bool CanBePlain(string text)
    {
        if (text[0] is ' ' or ',' or '[' or ']' or '{' or '}' or '#' or '&' or '*' or '!' or '|' or '>' or '\'' or '"' or '%' or '@' or '`') return false;
        if (text[^1] is ' ' or ':') return false;
        if (text[0] is '-' or '?' or ':' && (text.Length == 1 || text[1] == ' ')) return false;
        if (text.StartsWith("---", StringComparison.Ordinal) || text.StartsWith("...", StringComparison.Ordinal)) return false;
        return !text.Contains(": ", StringComparison.Ordinal) && !text.Contains(" #", StringComparison.Ordinal);
    }

    static string SingleQuoted(string text) => "'" + text.Replace("'", "''", StringComparison.Ordinal) + "'";

    static string DoubleQuoted(string text)
    {
        var quoted = new StringBuilder(text.Length + 2).Append('"');
        foreach (var rune in text.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append("\\\\"),
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\t' => quoted.Append("\\t"),
                0 => quoted.Append("\\0"),
                < 0x20 or 0x7F => quoted.Append("\\x").Append(rune.Value.ToString("X2", CultureInfo.InvariantCulture)),
                0x2028 or 0x2029 or 0xFEFF or (>= 0x80 and < 0xA0) => quoted.Append("\\u").Append(rune.Value.ToString("X4", CultureInfo.InvariantCulture)),
                _ => quoted.Append(rune.ToString()),
            };
        }
        return quoted.Append('"').ToString();
    }

    // A block keeps lines as they are; what a reader could not give back exactly is quoted instead.
    static bool CanBeLiteral(string text) =>
        text.All(static c => !char.IsControl(c) || c is '\n' or '\t') && text.IndexOfAny(['\uFEFF', '\u2028', '\u2029']) < 0
        && text.Split('\n').All(static line => line is not [.., ' ' or '\t']) && text.Trim('\n').Length > 0;

    static string Literal(string text, int indent)
    {
        var block = new StringBuilder("|");
        if (text[0] is ' ' or '\n' or '\t') block.Append('2');
        if (!text.EndsWith('\n')) block.Append('-');
        else if (text.EndsWith("\n\n", StringComparison.Ordinal)) block.Append('+');
        var lines = (text.EndsWith('\n') ? text[..^1] : text).Split('\n');
        foreach (var line in lines)
        {
            block.Append('\n');
            if (line.Length > 0) block.Append(' ', indent).Append(line);
        }
        return block.ToString();
    }
}
