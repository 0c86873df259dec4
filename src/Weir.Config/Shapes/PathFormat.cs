using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Pattern = System.Text.RegularExpressions.Regex;

namespace Weir.Config;

/// <summary>Forms of paths and of the regular expressions in them.</summary>
static class PathFormat
{
    /// <summary>A plain path, as services have.</summary>
    public static string? Path(string text)
    {
        if (!text.StartsWith('/'))
            return "should start with: /";
        if (text.Contains("//", StringComparison.Ordinal))
            return "must not have empty segments";
        return CharacterProblem(text);
    }

    /// <summary>A route's path: a normalised prefix, or '~/' and a regular expression.</summary>
    public static string? RouterPath(string text)
    {
        if (text.StartsWith("~/", StringComparison.Ordinal))
            return Regex(text[1..]);
        if (!text.StartsWith('/'))
            return "should start with: / (fixed path) or ~/ (regex path)";
        if (text.Contains("//", StringComparison.Ordinal))
            return "must not have empty segments";
        if (CharacterProblem(text) is { } problem)
            return problem;
        var normal = Normalize(text);
        return normal == text ? null : $"non-normalized path, consider use '{normal}' instead";
    }

    /// <summary>Longest regular expression.</summary>
    const int RegexCharsMax = 10_000;

    /// <summary>An expression that the non-backtracking engine takes.</summary>
    public static string? Regex(string text)
    {
        if (text.Length > RegexCharsMax)
            return $"invalid regex: longer than {RegexCharsMax} characters";
        try
        {
            _ = new Pattern(DotNet(text), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            return null;
        }
        catch (NotSupportedException)
        {
            return $"invalid regex: '{text}' "
                + "(look-around, back-references, atomic groups and very large repetitions are not supported: matching takes linear time)";
        }
        catch (ArgumentException refused)
        {
            return $"invalid regex: '{text}' ({refused.Message})";
        }
    }

    /// <summary>The expression in .NET's syntax: <c>(?P&lt;name&gt;…)</c> is <c>(?&lt;name&gt;…)</c> there.</summary>
    public static string DotNet(string pattern) => pattern.Replace("(?P<", "(?<", StringComparison.Ordinal);

    /// <summary>
    /// Normal form of RFC 3986 6.2.2: unreserved characters decoded, other escapes in capitals, dot segments removed, slashes merged.
    /// </summary>
    public static string Normalize(string path)
    {
        var segments = new List<string>();
        var parts = Decode(path).Split('/');
        for (var i = 1; i < parts.Length; i++)
        {
            var last = i == parts.Length - 1;
            switch (parts[i])
            {
                case "" when !last:
                    break;
                case ".":
                    if (last)
                        segments.Add("");
                    break;
                case "..":
                    if (segments.Count > 0)
                        segments.RemoveAt(segments.Count - 1);
                    if (last)
                        segments.Add("");
                    break;
                default:
                    segments.Add(parts[i]);
                    break;
            }
        }
        return "/" + string.Join('/', segments);
    }

    static string Decode(string path)
    {
        if (!path.Contains('%', StringComparison.Ordinal))
            return path;
        var decoded = new StringBuilder(path.Length);
        for (var i = 0; i < path.Length; i++)
        {
            if (path[i] != '%' || i + 2 >= path.Length)
            {
                decoded.Append(path[i]);
                continue;
            }
            var c = (char)int.Parse(path.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            if (char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '~')
                decoded.Append(c);
            else
                decoded.Append('%').Append(path.AsSpan(i + 1, 2).ToString().ToUpperInvariant());
            i += 2;
        }
        return decoded.ToString();
    }

    static string? CharacterProblem(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '%')
            {
                if (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2]))
                    return $"invalid url-encoded value: '{text.Substring(i, Math.Min(3, text.Length - i))}'";
                i += 2;
            }
            else if (!char.IsAsciiLetterOrDigit(c) && !"-._~:/?#[]@!$&'()*+,;=".Contains(c, StringComparison.Ordinal))
            {
                return $"invalid path: '{text}' (characters outside of the reserved list of RFC 3986 found)";
            }
        }
        return null;
    }
}
