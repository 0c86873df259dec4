using System.Text.Json;
using System.Text.Unicode;

namespace Weir.Ai;

/// <summary>JSON of answers before it is parsed: what no reader could look up is found here.</summary>
static class LooseText
{
    /// <summary>
    /// Whether a text can be taken for JSON at all: it is UTF-8 (RFC 8259 §8.1), and no name of a field has half a surrogate pair, which nothing could look
    /// up.
    /// </summary>
    public static bool IsSound(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json)) return false;
        if (!HasSurrogateEscape(json)) return true;
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = WireObject.DepthMax });
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName && reader.ValueIsEscaped && HasHalf(WireText.Unescape(reader.ValueSpan))) return false;
            }
        }
        catch (JsonException)
        {
            // Whoever parses it finds the place.
            return true;
        }
        return true;
    }

    static bool HasSurrogateEscape(ReadOnlySpan<byte> json)
    {
        while (json.IndexOf("\\u"u8) is >= 0 and var at && at + 3 < json.Length)
        {
            if ((json[at + 2] | 0x20) == 'd' && json[at + 3] >= '8') return true;
            json = json[(at + 2)..];
        }
        return false;
    }

    static bool HasHalf(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1])) return true;
            i++;
        }
        return false;
    }
}
