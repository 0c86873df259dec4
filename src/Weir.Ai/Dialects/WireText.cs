using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Weir.Ai;

/// <summary>
/// Strings between JSON and UTF-16, without loss and without exceptions. Providers cut streams between the two halves of a surrogate pair, so that a chunk
/// ends with the escape of one half and the next begins with the other: System.Text.Json refuses to read such text, and replaces it when it writes.
/// </summary>
static class WireText
{
    /// <summary>How all wires are written: nothing escaped that need not be.</summary>
    public static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>Longest text that is unescaped on the stack.</summary>
    const int StackChars = 256;

    const string HexDigits = "0123456789abcdef";

    /// <summary>The string that the reader stands on; bytes that are not UTF-8 become U+FFFD. Null when it stands on something else.</summary>
    public static string? Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName)) return null;
        return Unescape(reader.ValueSpan);
    }

    /// <summary>The text that stands between the quotes of a valid JSON string.</summary>
    public static string Unescape(ReadOnlySpan<byte> escaped)
    {
        if (!escaped.Contains((byte)'\\')) return Encoding.UTF8.GetString(escaped);
        var length = Encoding.UTF8.GetMaxCharCount(escaped.Length);
        var rented = length > StackChars ? ArrayPool<char>.Shared.Rent(length) : null;
        Span<char> chars = rented ?? stackalloc char[StackChars];
        var count = UnescapeInPlace(chars[..Encoding.UTF8.GetChars(escaped, chars)]);
        var text = new string(chars[..count]);
        if (rented is not null) ArrayPool<char>.Shared.Return(rented);
        return text;
    }

    /// <summary>Writes a string value; half a surrogate pair goes out as its escape.</summary>
    public static void Write(Utf8JsonWriter writer, ReadOnlySpan<char> text)
    {
        if (text.IndexOfAnyInRange('\uD800', '\uDFFF') < 0)
        {
            writer.WriteStringValue(text);
            return;
        }

        // Each UTF-16 unit takes at most six bytes: \uXXXX.
        var rented = ArrayPool<byte>.Shared.Rent(text.Length * 6 + 2);
        writer.WriteRawValue(rented.AsSpan(0, Escape(text, rented)), skipInputValidation: true);
        ArrayPool<byte>.Shared.Return(rented);
    }

    /// <summary>Writes a field with a string.</summary>
    public static void Write(Utf8JsonWriter writer, ReadOnlySpan<byte> name, string text)
    {
        writer.WritePropertyName(name);
        Write(writer, text);
    }

    /// <summary>Writes a field with a string; nothing for null.</summary>
    public static void Write(Utf8JsonWriter writer, string name, string? text)
    {
        if (text is null) return;
        writer.WritePropertyName(name);
        Write(writer, text);
    }

    static int UnescapeInPlace(Span<char> chars)
    {
        var to = 0;
        for (var from = 0; from < chars.Length; from++)
        {
            var c = chars[from];
            if (c == '\\' && from + 1 < chars.Length)
            {
                c = chars[++from];
                if (c == 'u' && from + 4 < chars.Length && TryHex(chars.Slice(from + 1, 4), out var unit))
                {
                    c = unit;
                    from += 4;
                }
                else
                {
                    c = c switch { 'n' => '\n', 't' => '\t', 'r' => '\r', 'b' => '\b', 'f' => '\f', _ => c };
                }
            }
            chars[to++] = c;
        }
        return to;
    }

    static bool TryHex(ReadOnlySpan<char> digits, out char unit)
    {
        var isHex = ushort.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value);
        unit = (char)value;
        return isHex;
    }

    static int Escape(ReadOnlySpan<char> text, Span<byte> bytes)
    {
        var count = 0;
        bytes[count++] = (byte)'"';
        for (var i = 0; i < text.Length; i++)
        {
            if (Rune.DecodeFromUtf16(text[i..], out var rune, out var units) != OperationStatus.Done || rune.Value is < ' ' or '"' or '\\')
            {
                WriteUnit(text[i], bytes, ref count);
                continue;
            }
            count += rune.EncodeToUtf8(bytes[count..]);
            i += units - 1;
        }
        bytes[count++] = (byte)'"';
        return count;
    }

    static void WriteUnit(char unit, Span<byte> bytes, ref int count)
    {
        bytes[count++] = (byte)'\\';
        if (unit is '"' or '\\')
        {
            bytes[count++] = (byte)unit;
            return;
        }
        bytes[count++] = (byte)'u';
        for (var shift = 12; shift >= 0; shift -= 4) bytes[count++] = (byte)HexDigits[(unit >> shift) & 0xF];
    }
}
