using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Weir.Control;

/// <summary>Names and ids of what an OpenAPI document becomes: the same for the same document, and those that decK gives.</summary>
sealed partial class KongNames(bool insoCompatible, bool noId)
{
    // The namespace of DNS names (RFC 9562, 6.6).
    static readonly byte[] Namespace = Convert.FromHexString("6ba7b8109dad11d180b400c04fd430c8");

    static readonly string[] Accented =
    [
        "àáâãåāăą", "ä", "æ", "çćĉċč", "ďđð", "èéêëēĕėęě", "ĝğġģ", "ĥħ", "ìíîïĩīĭįı", "ĵ", "ķ", "ĺļľŀł", "ñńņňŉŋ", "òóôõøōŏő", "ö", "œ", "ŕŗř", "śŝşšș",
        "ß", "ţťŧț", "ùúûũūŭůűų", "ü", "ŵ", "ýÿŷ", "źżž", "þ",
    ];

    static readonly string[] Plain =
        ["a", "a", "ae", "c", "d", "e", "g", "h", "i", "j", "k", "l", "n", "o", "o", "oe", "r", "s", "ss", "t", "u", "u", "w", "y", "z", "th"];

    public string Join(string parent, string child) => child.Length == 0 ? parent : parent + (insoCompatible ? "-" : "_") + child;

    /// <summary>A name that Kong accepts.</summary>
    public string Slug(string text)
    {
        var words = string.Join(insoCompatible ? '_' : '-', WithoutAccents(text).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (insoCompatible) return NotInInsoName().Replace(words, "_").Trim('_');
        return Dashes().Replace(NotInName().Replace(words, "-"), "-").Trim('-').ToLowerInvariant();
    }

    /// <summary>The name of a path; that of one with a slash at its end differs from that of one without.</summary>
    public string OfPath(string path) => Slug(path) + (!insoCompatible && path.EndsWith('/') ? "~" : "");

    /// <summary>A name for a group of a regular expression.</summary>
    public string Capture(string text)
    {
        var words = string.Join('_', WithoutAccents(text).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        var name = Underscores().Replace(NotInCapture().Replace(words, "_"), "_").Trim('_');
        return insoCompatible ? name : name.ToLowerInvariant();
    }

    /// <summary>The id for a name (RFC 9562, version 5); null when ids are not wanted.</summary>
    public Weir.Config.Node? Id(string name)
    {
        if (noId || insoCompatible) return null;
#pragma warning disable CA5350 // Version 5 is defined with SHA-1; nothing is secured by it.
        var hash = SHA1.HashData([.. Namespace, .. Encoding.UTF8.GetBytes(name)]).AsSpan(0, 16);
#pragma warning restore CA5350
        hash[6] = (byte)((hash[6] & 0x0F) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return Tree.Text(new Guid(hash, bigEndian: true).ToString());
    }

    // By hand: without ICU the runtime takes no letter apart.
    static string WithoutAccents(string text)
    {
        if (text.All(char.IsAscii)) return text;
        var plain = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            var group = Array.FindIndex(Accented, letters => letters.Contains(c, StringComparison.Ordinal));
            var small = group >= 0 ? group : Array.FindIndex(Accented, letters => letters.Contains(char.ToLowerInvariant(c), StringComparison.Ordinal));
            plain.Append(small < 0 ? c.ToString() : group >= 0 ? Plain[small] : char.ToUpperInvariant(Plain[small][0]) + Plain[small][1..]);
        }
        return plain.ToString();
    }

    [GeneratedRegex("[^a-zA-Z0-9-]")]
    private static partial Regex NotInName();

    [GeneratedRegex("[^a-zA-Z0-9_-]")]
    private static partial Regex NotInInsoName();

    [GeneratedRegex("[^a-zA-Z0-9_]")]
    private static partial Regex NotInCapture();

    [GeneratedRegex("-{2,}")]
    private static partial Regex Dashes();

    [GeneratedRegex("_{2,}")]
    private static partial Regex Underscores();
}
