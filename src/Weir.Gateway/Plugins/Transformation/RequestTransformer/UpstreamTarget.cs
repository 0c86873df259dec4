using System.Buffers;
using System.Text;

namespace Weir.Gateway.Plugins;

/// <summary>Sets the path that goes upstream from rendered text.</summary>
static class UpstreamTarget
{
    // What RFC 3986 §3.3 allows in a path, with '%' for what is encoded already.
    static readonly SearchValues<char> PathChars =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/%");

    /// <summary>The text takes the place of the whole path, the service's included. A query in it goes before the client's.</summary>
    public static void Set(UpstreamRequest upstream, string text)
    {
        var mark = text.IndexOf('?', StringComparison.Ordinal);
        var path = Encode(mark < 0 ? text : text[..mark]);
        upstream.Path = path.StartsWith('/') ? path : "/" + path;
        if (mark < 0 || mark + 1 == text.Length) return;
        var query = Encode(text[(mark + 1)..], keep: "?");
        upstream.Query = upstream.Query.Length > 1 ? $"?{query}&{upstream.Query[1..]}" : "?" + query;
    }

    static string Encode(string text, string keep = "")
    {
        if (!text.AsSpan().ContainsAnyExcept(PathChars) && !HasLonePercent(text)) return text;
        var encoded = new StringBuilder(text.Length + 16);
        Span<byte> utf8 = stackalloc byte[4];
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '%' ? IsEscape(text, i) : PathChars.Contains(c) || keep.Contains(c))
            {
                encoded.Append(c);
                continue;
            }
            if (!Rune.TryGetRuneAt(text, i, out var rune)) rune = Rune.ReplacementChar;
            else i += rune.Utf16SequenceLength - 1;
            foreach (var b in utf8[..rune.EncodeToUtf8(utf8)]) encoded.Append('%').Append(b.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
        }
        return encoded.ToString();
    }

    static bool HasLonePercent(string text)
    {
        for (var i = text.IndexOf('%', StringComparison.Ordinal); i >= 0; i = text.IndexOf('%', i + 1))
            if (!IsEscape(text, i)) return true;
        return false;
    }

    static bool IsEscape(string text, int at) => at + 2 < text.Length && char.IsAsciiHexDigit(text[at + 1]) && char.IsAsciiHexDigit(text[at + 2]);
}
