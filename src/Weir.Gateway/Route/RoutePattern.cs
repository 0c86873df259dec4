using System.Globalization;
using System.Text.RegularExpressions;

namespace Weir.Gateway;

/// <summary>A regular expression among a route's paths.</summary>
sealed class RoutePattern(Regex regex, TranslatedRegex source)
{
    /// <summary>What every matching path starts with; the index finds the expression by it.</summary>
    public string LiteralPrefix => source.LiteralPrefix;

    public bool HasGroups => source.GroupNames.Count > 0;

    public bool IsMatch(ReadOnlySpan<char> path) => regex.IsMatch(path);

    /// <summary>How many characters match, or -1.</summary>
    public int MatchLength(ReadOnlySpan<char> path)
    {
        foreach (var match in regex.EnumerateMatches(path)) return match.Length;
        return -1;
    }

    /// <summary>The match by number ("0" is all of it) and by name, or null.</summary>
    public IReadOnlyDictionary<string, string>? Captures(string path)
    {
        var match = regex.Match(path);
        if (!match.Success) return null;
        var captures = new Dictionary<string, string>(StringComparer.Ordinal) { ["0"] = match.Value };
        for (var number = 1; number <= source.GroupNames.Count; number++)
        {
            var group = match.Groups[number];
            if (!group.Success) continue;
            captures[number.ToString(CultureInfo.InvariantCulture)] = group.Value;
            if (source.GroupNames[number - 1] is { } name) captures[name] = group.Value;
        }
        return captures;
    }
}
