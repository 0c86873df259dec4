namespace Weir.Gateway;

/// <summary>
/// Finds the best matcher of a request: host first, then path, then what the index cannot prove. Immutable; searching neither locks nor allocates.
/// </summary>
sealed class RouteIndex(RouteMatcher?[] matchers, HostIndex hosts, PathForest paths)
{
    /// <summary>The matcher of a rank; null when its route is gone.</summary>
    public RouteMatcher? this[int rank] => matchers[rank];

    public RouteMatcher?[] CopyMatchers() => [.. matchers];

    /// <summary>The same index without some of its matchers, the others at their ranks.</summary>
    public RouteIndex With(RouteMatcher?[] remaining) => new(remaining, hosts, paths);

    /// <summary>The candidate with the lowest rank that accepts the request.</summary>
    public bool TryFind(in RouteQuery query, out Candidate best)
    {
        HostRule.Split(query.Host, out var host, out var port);
        if (port == HostRule.AnyPort) port = query.ListenerPort;
        best = Candidate.None;
        if (!host.IsEmpty)
        {
            // What is found early lets the later trees be skipped; plain hosts outrank wildcards, and those outrank none, more often than not.
            Search(hosts.FindExact(host), in query, port, ref best);
            if (hosts.HasWildcards) SearchWildcards(host, in query, port, ref best);
        }
        Search(hosts.AnyHost, in query, port, ref best);
        return best.Rank != int.MaxValue;
    }

    void SearchWildcards(ReadOnlySpan<char> host, in RouteQuery query, int port, ref Candidate best)
    {
        var dot = host.IndexOf('.');
        while (dot >= 0)
        {
            Search(hosts.FindSuffix(host, dot), in query, port, ref best);
            Search(hosts.FindPrefix(host, dot), in query, port, ref best);
            var next = host[(dot + 1)..].IndexOf('.');
            dot = next < 0 ? -1 : dot + 1 + next;
        }
    }

    void Search(int root, in RouteQuery query, int port, ref Candidate best)
    {
        if (root == PathForest.None) return;
        var at = paths.FindDeepest(root, query.NormalizedPath);
        while (at != PathForest.None)
        {
            ref readonly var node = ref paths[at];
            if (node.BestRank >= best.Rank) return;
            if (node.List == PathForest.None) Search(paths.CandidatesAt(in node), in query, port, ref best);
            else Search(paths.ListAt(in node), in query, port, ref best);
            at = node.Above;
        }
    }

    void Search(ReadOnlySpan<Candidate> candidates, in RouteQuery query, int port, ref Candidate best)
    {
        foreach (ref readonly var candidate in candidates)
        {
            if (candidate.Rank >= best.Rank) return;
            if (!Accepts(in candidate, in query, port)) continue;
            best = candidate;
            return;
        }
    }

    void Search(CandidateList? list, in RouteQuery query, int port, ref Candidate best)
    {
        if (list is null || list.BestRank >= best.Rank) return;
        if (list.Fork is not { } fork)
        {
            Search(list.Few, in query, port, ref best);
        }
        else if (fork.Header is null)
        {
            SearchByServerName(fork, in query, port, ref best);
        }
        else
        {
            if (query.Headers.TryGetValue(fork.Header, out var sent))
            {
                foreach (var value in sent)
                    if (value is not null && fork.ByValue.TryGetValue(value, out var found)) Search(found, in query, port, ref best);
            }
            Search(fork.Others, in query, port, ref best);
        }
    }

    void SearchByServerName(CandidateFork fork, in RouteQuery query, int port, ref Candidate best)
    {
        if (query.Scheme != "https")
        {
            Search(fork.OnPlainHttp, in query, port, ref best);
            return;
        }
        var name = SniRule.WithoutTrailingDot(query.Sni);
        if (fork.ByValue.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out var found)) Search(found, in query, port, ref best);
        Search(fork.Others, in query, port, ref best);
    }

    bool Accepts(in Candidate candidate, in RouteQuery query, int port)
    {
        if (candidate.Port != HostRule.AnyPort && candidate.Port != port) return false;
        return matchers[candidate.Rank] is { } matcher
            && matcher.Accepts(in query)
            && (candidate.Pattern == Candidate.NoPattern || matcher.Patterns[candidate.Pattern].IsMatch(query.NormalizedPath));
    }
}
