using System.Text.RegularExpressions;

namespace Weir.Gateway;

/// <summary>Compiles the regular expressions of one table, each distinct one once.</summary>
sealed class RegexPool
{
    // Linear time, whatever the pattern and the input: NonBacktracking knows no look-around and no back-references, like the engine that Kong uses.
    const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;

    readonly Dictionary<string, RoutePattern> _paths = new(StringComparer.Ordinal);
    readonly Dictionary<string, Regex> _headers = new(StringComparer.Ordinal);

    /// <summary>A path's expression (without its '~'), anchored at the start only.</summary>
    public RoutePattern ForPath(string pattern)
    {
        if (_paths.TryGetValue(pattern, out var known)) return known;
        var translated = RegexDialect.Translate(pattern, isPath: true);
        return _paths[pattern] = new(new Regex("^" + translated.Pattern, Options), translated);
    }

    /// <summary>A header's expression (without its "~*"), matched anywhere in the value.</summary>
    public Regex ForHeader(string pattern)
    {
        if (_headers.TryGetValue(pattern, out var known)) return known;
        return _headers[pattern] = new(RegexDialect.Translate(pattern, isPath: false).Pattern, Options | RegexOptions.IgnoreCase);
    }
}
