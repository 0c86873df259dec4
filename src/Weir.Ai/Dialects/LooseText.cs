using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace Weir.Ai;

/// <summary>
/// Strings of JSON as the wires really carry them: half of a surrogate pair may stand alone, because models stream by token and the pair's other half comes
/// with the next one. Such a half is kept, in strings and when written again, where the platform's own reader throws.
/// </summary>
static class LooseText
{
    /// <summary>How every wire is written: no spaces, and only escaped what JSON must have escaped, as the providers do.</summary>
    public static JsonWriterOptions WriterOptions { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>The string of a JSON string.</summary>
    public static string Of(JsonElement value)
    {
        var raw = JsonMarshal.GetRawUtf8Value(value);
        return raw.IndexOf((byte)'\\') < 0 || !HasSurrogateEscape(raw)
            ? Utf8.IsValid(raw) ? value.GetString()! : Unescape(raw[1..^1])
            : Unescape(raw[1..^1]);
    }

    /// <summary>Writes a string value.</summary>
    public static void Write(Utf8JsonWriter writer, string text)
    {
        if (LoneSurrogate(text) < 0)
        {
            writer.WriteStringValue(text);
            return;
        }
        writer.WriteRawValue(Escape(text), skipInputValidation: true);
    }

    /// <summary>Writes a string field.</summary>
    public static void Write(Utf8JsonWriter writer, ReadOnlySpan<byte> name, string text)
    {
        writer.WritePropertyName(name);
        Write(writer, text);
    }

    static bool HasSurrogateEscape(ReadOnlySpan<byte> raw)
    {
        for (var at = raw.IndexOf("\\u"u8); at >= 0 && at + 3 < raw.Length;)
        {
            if ((raw[at + 2] | 0x20) == 'd' && raw[at + 3] >= '8') return true;
            var next = raw[(at + 2)..].IndexOf("\\u"u8);
            at = next < 0 ? -1 : at + 2 + next;
        }
        return false;
    }

    static string Unescape(ReadOnlySpan<byte> raw)
    {
        var text = new StringBuilder(raw.Length);
        while (raw.IndexOf((byte)'\\') is >= 0 and var at && at + 1 < raw.Length)
        {
            text.Append(Encoding.UTF8.GetString(raw[..at]));
            var code = raw[at + 1];
            raw = raw[(at + 2)..];
            if (code == 'u' && raw.Length >= 4 && Utf8Parser.TryParse(raw[..4], out ushort unit, out _, 'x'))
            {
                text.Append((char)unit);
                raw = raw[4..];
            }
            else
            {
                text.Append(code switch { (byte)'n' => '\n', (byte)'r' => '\r', (byte)'t' => '\t', (byte)'b' => '\b', (byte)'f' => '\f', _ => (char)code });
            }
        }
        return text.Append(Encoding.UTF8.GetString(raw)).ToString();
    }

    /// <summary>Place of the first half of a pair that has no other half; -1 for none.</summary>
    static int LoneSurrogate(ReadOnlySpan<char> text)
    {
        for (var i = text.IndexOfAnyInRange('\uD800', '\uDFFF'); i >= 0 && i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (!char.IsHighSurrogate(text[i]) || i + 1 == text.Length || !char.IsLowSurrogate(text[i + 1])) return i;
            i++;
        }
        return -1;
    }

    static string Escape(ReadOnlySpan<char> text)
    {
        var json = new StringBuilder(text.Length + 16).Append('"');
        while (LoneSurrogate(text) is >= 0 and var at)
        {
            json.Append(JsonEncodedText.Encode(text[..at], JavaScriptEncoder.UnsafeRelaxedJsonEscaping).Value);
            json.Append("\\u").Append(((int)text[at]).ToString("x4", System.Globalization.CultureInfo.InvariantCulture));
            text = text[(at + 1)..];
        }
        return json.Append(JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).Value).Append('"').ToString();
    }
}
