using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;

namespace Weir.Ai;

/// <summary>
/// The text of JSON that comes in pieces, and the way back: what each character was before. Strings, numbers and names are text, and so are the brackets
/// between them. Broken JSON is text like any other.
/// </summary>
sealed class JsonUnescaping
{
    const int EscapeCharsMax = 6;

    /// <summary>For each character that waits to go out: its characters in the JSON, and where it stands.</summary>
    readonly Queue<(byte Length, JsonPlace Place)> _waiting = [];

    readonly StringBuilder _raw = new();
    readonly StringBuilder _output = new();
    string _escape = "";
    bool _isInString;

    /// <summary>Where a character of JSON stands.</summary>
    enum JsonPlace : byte
    {
        InString,

        /// <summary>A quote, a bracket, a comma, white space.</summary>
        Structure,

        /// <summary>In a number or a word.</summary>
        Bare,
    }

    /// <summary>An escape has begun and is not whole.</summary>
    public bool HasPending => _escape.Length > 0;

    /// <summary>Takes JSON and writes its text. Returns how much was taken.</summary>
    public int Take(ReadOnlySpan<char> json, Span<char> text, bool isEnd, out int written)
    {
        written = 0;
        for (var i = 0; i < json.Length; i++)
        {
            if (written == text.Length) return i;
            var c = json[i];
            if (_escape.Length > 0)
            {
                _escape += c;
                if (TryUnescape(_escape, out var meant)) Add(text, ref written, meant, JsonPlace.InString, TakeEscape());
            }
            else if (c == '\\' && _isInString)
            {
                _escape = "\\";
            }
            else
            {
                if (c == '"') _isInString = !_isInString;
                Add(text, ref written, c, PlaceOf(c), [c]);
            }
        }
        // An escape that breaks off means nothing: it goes out as it is.
        if (isEnd && _escape.Length > 0 && written < text.Length) Add(text, ref written, '\\', JsonPlace.InString, TakeEscape());
        return json.Length;
    }

    /// <summary>What the next characters were in the JSON.</summary>
    public ReadOnlySpan<char> Pass(int count)
    {
        var length = 0;
        for (; count > 0; count--) length += _waiting.Dequeue().Length;
        var text = _raw.ToString(0, length);
        _raw.Remove(0, length);
        return text;
    }

    /// <summary>
    /// What comes in the place of the next characters: the replacement for what stands in strings, a string of its own for numbers and words; what holds the
    /// JSON together stays.
    /// </summary>
    public string Replace(int count, string replacement)
    {
        _output.Clear();
        var before = JsonPlace.Structure;
        var length = 0;
        for (; count > 0; count--)
        {
            var (own, place) = _waiting.Dequeue();
            if (place == JsonPlace.Structure) _output.Append(_raw, length, own);
            else if (place != before) _output.Append(Escaped(replacement, place));
            before = place;
            length += own;
        }
        _raw.Remove(0, length);
        return _output.ToString();
    }

    static string Escaped(string replacement, JsonPlace place)
    {
        var escaped = JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(replacement);
        return place == JsonPlace.Bare ? $"\"{escaped}\"" : escaped;
    }

    void Add(Span<char> text, ref int written, char c, JsonPlace place, ReadOnlySpan<char> raw)
    {
        text[written++] = c;
        _raw.Append(raw);
        _waiting.Enqueue(((byte)raw.Length, place));
    }

    string TakeEscape()
    {
        var escape = _escape;
        _escape = "";
        return escape;
    }

    JsonPlace PlaceOf(char c)
    {
        if (c == '"') return JsonPlace.Structure;
        if (_isInString) return JsonPlace.InString;
        return c is '{' or '}' or '[' or ']' or ',' or ':' or ' ' or '\t' or '\r' or '\n' ? JsonPlace.Structure : JsonPlace.Bare;
    }

    /// <summary>What an escape means; false while it is not whole.</summary>
    static bool TryUnescape(string escape, out char meant)
    {
        meant = escape[1] switch { 'n' => '\n', 't' => '\t', 'r' => '\r', 'b' => '\b', 'f' => '\f', var c => c };
        if (escape[1] != 'u') return true;
        if (escape.Length < EscapeCharsMax) return false;
        if (ushort.TryParse(escape.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit)) meant = (char)unit;
        return true;
    }
}
