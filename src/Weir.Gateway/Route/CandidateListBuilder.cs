using System.Collections.Frozen;

namespace Weir.Gateway;

/// <summary>Decides how a list of candidates is searched.</summary>
static class CandidateListBuilder
{
    /// <summary>Up to this many candidates are tried one after the other; a fork costs about as much as trying so many.</summary>
    public const int FewMax = 8;

    /// <summary>Stands for the server name among the names of headers; no header has this name.</summary>
    const string ServerName = "";

    /// <summary>The list for candidates that are in the order of their ranks.</summary>
    public static CandidateList Build(RouteMatcher[] matchers, Candidate[] candidates) =>
        Build(matchers, candidates, []);

    static CandidateList Build(RouteMatcher[] matchers, Candidate[] candidates, string[] divided)
    {
        if (candidates.Length > FewMax && FindDivider(matchers, candidates, divided) is { } divider)
            return new() { Few = [], BestRank = candidates[0].Rank, Fork = Divide(matchers, candidates, divider, [.. divided, divider]) };
        return new() { Few = candidates, BestRank = candidates[0].Rank };
    }

    /// <summary>What most candidates ask a value of, if it tells more than a few of them apart.</summary>
    static string? FindDivider(RouteMatcher[] matchers, Candidate[] candidates, string[] divided)
    {
        var counts = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        foreach (var candidate in candidates)
            foreach (var name in DividersOf(matchers[candidate.Rank])) counts[name] = counts.GetValueOrDefault(name) + 1;
        return counts
            .Where(count => count.Value > FewMax && !divided.Contains(count.Key, StringComparer.OrdinalIgnoreCase))
            .OrderByDescending(static count => count.Value)
            .ThenBy(static count => count.Key, StringComparer.Ordinal)
            .Select(static count => count.Key)
            .FirstOrDefault();
    }

    static CandidateFork Divide(RouteMatcher[] matchers, Candidate[] candidates, string divider, string[] divided)
    {
        var byValue = new Dictionary<string, List<Candidate>>(StringComparer.OrdinalIgnoreCase);
        var others = new List<Candidate>();
        foreach (var candidate in candidates)
        {
            var values = ValuesOf(matchers[candidate.Rank], divider);
            if (values.Length == 0) others.Add(candidate);
            foreach (var value in values.Distinct(StringComparer.OrdinalIgnoreCase))
            {
                if (!byValue.TryGetValue(value, out var list)) byValue[value] = list = [];
                list.Add(candidate);
            }
        }
        return new()
        {
            Header = divider == ServerName ? null : divider,
            ByValue = byValue.ToFrozenDictionary(
                static list => list.Key, list => Build(matchers, [.. list.Value], divided), StringComparer.OrdinalIgnoreCase),
            Others = others.Count == 0 ? null : Build(matchers, [.. others], divided),
            OnPlainHttp = divider == ServerName ? Build(matchers, candidates, divided) : null,
        };
    }

    static IEnumerable<string> DividersOf(RouteMatcher matcher)
    {
        foreach (var header in matcher.Headers)
            if (header.IsExact) yield return header.Name;
        if (matcher.Snis.Length > 0 && matcher.Snis.All(static sni => sni.IsExact)) yield return ServerName;
    }

    static string[] ValuesOf(RouteMatcher matcher, string divider)
    {
        if (divider == ServerName) return matcher.Snis.All(static sni => sni.IsExact) ? [.. matcher.Snis.Select(static sni => sni.Name)] : [];
        foreach (var header in matcher.Headers)
            if (header.IsExact && string.Equals(header.Name, divider, StringComparison.OrdinalIgnoreCase)) return header.Values;
        return [];
    }
}
