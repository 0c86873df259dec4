using System.Text.RegularExpressions;
using Pattern = System.Text.RegularExpressions.Regex;

namespace Weir.Config;

/// <summary>Forms of paths and of the regular expressions in them.</summary>
static class PathFormat
{
    /// <summary>Longest regular expression.</summary>
    const int RegexCharsMax = 10_000;

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
            return RouterRegex(text[1..], isPath: true);
        if (!text.StartsWith('/'))
            return "should start with: / (fixed path) or ~/ (regex path)";
        if (text.Contains("//", StringComparison.Ordinal))
            return "must not have empty segments";
        if (CharacterProblem(text) is { } problem)
            return problem;
        var normal = PathNormalizer.Normalize(text);
        return normal == text ? null : $"non-normalized path, consider use '{normal}' instead";
    }

    /// <summary>A regular expression of a route's path (without its '~') or header (without its '~*'): one that the router takes.</summary>
    public static string? RouterRegex(string text, bool isPath)
    {
        if (text.Length > RegexCharsMax) return $"invalid regex: longer than {RegexCharsMax} characters";
        try
        {
            _ = PatternCompiler.Compile(isPath ? "^" + text : text, isPath, ignoresCase: !isPath);
            return null;
        }
        catch (ArgumentException refused)
        {
            return $"invalid regex: '{text}' ({refused.Message})";
        }
    }

    /// <summary>An expression that .NET's non-backtracking engine takes: what plugins match with.</summary>
    public static string? Regex(string text)
    {
        if (text.Length > RegexCharsMax) return $"invalid regex: longer than {RegexCharsMax} characters";
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
