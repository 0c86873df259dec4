namespace Weir.Gateway;

/// <summary>Compiles matchers, in the order of evaluation, into an index.</summary>
static class RouteIndexBuilder
{
    public static RouteIndex Build(RouteMatcher[] matchers)
    {
        var anyHost = new List<Rule>();
        var byHost = new Dictionary<(HostKind Kind, string Name), List<Rule>>();
        for (var rank = 0; rank < matchers.Length; rank++)
        {
            if (matchers[rank].Hosts.Length == 0) anyHost.Add(new(rank, HostRule.AnyPort));
            foreach (var host in matchers[rank].Hosts)
            {
                var key = (host.Kind, host.Name);
                if (!byHost.TryGetValue(key, out var rules)) byHost[key] = rules = [];
                rules.Add(new(rank, host.Port));
            }
        }

        var forest = new PathForestBuilder(matchers);
        // Hosts with the same matchers share one tree: a route with a thousand hosts and a thousand paths is not a million entries.
        var trees = new Dictionary<List<Rule>, int>(RuleListComparer.Instance);
        var roots = new Dictionary<(HostKind Kind, string Name), int>(byHost.Count);
        foreach (var (host, rules) in byHost)
        {
            if (!trees.TryGetValue(rules, out var root)) trees[rules] = root = forest.Add(Entries(matchers, rules));
            roots[host] = root;
        }
        var anyHostRoot = anyHost.Count == 0 ? PathForest.None : forest.Add(Entries(matchers, anyHost));
        return new(matchers, new(roots, anyHostRoot), forest.Build());
    }

    static List<(string Prefix, Candidate Candidate)> Entries(RouteMatcher[] matchers, List<Rule> rules)
    {
        var entries = new List<(string, Candidate)>(rules.Count);
        foreach (var (rank, port) in rules)
        {
            var matcher = matchers[rank];
            foreach (var prefix in matcher.Prefixes) entries.Add((prefix, new(rank, port, Candidate.NoPattern, prefix.Length)));
            for (var i = 0; i < matcher.Patterns.Length; i++) entries.Add((matcher.Patterns[i].LiteralPrefix, new(rank, port, i, 0)));
            if (matcher.Prefixes.Length + matcher.Patterns.Length == 0) entries.Add(("", new(rank, port, Candidate.NoPattern, 0)));
        }
        return entries;
    }

    /// <summary>A matcher that a host leads to, with the port that its rule asks for.</summary>
    readonly record struct Rule(int Rank, int Port);

    sealed class RuleListComparer : IEqualityComparer<List<Rule>>
    {
        public static RuleListComparer Instance { get; } = new();

        public bool Equals(List<Rule>? x, List<Rule>? y) => ReferenceEquals(x, y) || (x is not null && y is not null && x.SequenceEqual(y));

        public int GetHashCode(List<Rule> rules)
        {
            var hash = new HashCode();
            foreach (var rule in rules) hash.Add(rule);
            return hash.ToHashCode();
        }
    }
}
