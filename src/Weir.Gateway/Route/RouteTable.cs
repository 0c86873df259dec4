using Weir.Config;

namespace Weir.Gateway;

/// <summary>
/// The routes of one configuration, compiled: Kong's flavor 'traditional_compatible'. Immutable; matching takes no lock, keeps no cache, and allocates
/// only for the captures of a regular expression that has groups.
/// </summary>
/// <remarks>
/// Every route is split into matchers (<see cref="RouteSplit"/>). Of those that accept a request the one with the highest priority
/// (<see cref="RoutePriority"/>) wins, and among equals the one with the higher id: not the older one. Routes of stream protocols are left out. Protocols
/// are not matched: see <see cref="ProtocolRule"/>.
/// </remarks>
sealed class RouteTable<T>
    where T : class
{
    readonly RouteIndex _index;
    readonly T[] _payloads;

    RouteTable(RouteIndex index, T[] payloads, int count)
    {
        _index = index;
        _payloads = payloads;
        Count = count;
    }

    /// <summary>How many routes the table has.</summary>
    public int Count { get; }

    /// <summary>Compiles routes that have been checked. Throws <see cref="ArgumentException"/> for a regular expression that is not one.</summary>
    public static RouteTable<T> Build(IReadOnlyList<(RouteConfig Route, T Payload)> routes)
    {
        var parts = new List<(RouteSplit Split, int Route)>(routes.Count);
        var count = 0;
        for (var i = 0; i < routes.Count; i++)
        {
            if (ProtocolRule.IsStream(routes[i].Route)) continue;
            count++;
            foreach (var split in RouteSplit.Of(routes[i].Route)) parts.Add((split, i));
        }
        // The last key only matters for routes without id: the earlier wins.
        parts.Sort(static (a, b) =>
        {
            var order = b.Split.Priority.CompareTo(a.Split.Priority);
            if (order == 0) order = b.Split.Id.CompareTo(a.Split.Id);
            return order != 0 ? order : a.Route.CompareTo(b.Route);
        });

        var patterns = new PatternPool();
        var matchers = new RouteMatcher[parts.Count];
        var payloads = new T[parts.Count];
        for (var rank = 0; rank < matchers.Length; rank++)
        {
            var (split, route) = parts[rank];
            matchers[rank] = new(routes[route].Route, split, patterns);
            payloads[rank] = routes[route].Payload;
        }
        return new(RouteIndexBuilder.Build(matchers), payloads, count);
    }

    /// <summary>Finds the route that answers a request.</summary>
    public bool TryMatch(in RouteQuery query, out RouteMatch<T> match)
    {
        if (!_index.TryFind(in query, out var found))
        {
            match = default;
            return false;
        }
        var payload = _payloads[found.Rank];
        match = found.Pattern == Candidate.NoPattern
            ? new(payload, found.PrefixLength, pathIsRegex: false, captures: null)
            : RegexMatch(payload, _index[found.Rank].Patterns, query.NormalizedPath);
        return true;
    }

    /// <summary>The index may have proved any of the expressions; the first that matches, as written, counts.</summary>
    static RouteMatch<T> RegexMatch(T payload, RoutePattern[] patterns, string path)
    {
        foreach (var pattern in patterns)
        {
            var length = pattern.MatchLength(path);
            if (length >= 0) return new(payload, length, pathIsRegex: true, pattern.HasGroups ? pattern.Captures(path) : null);
        }
        return new(payload, 0, pathIsRegex: true, captures: null);
    }
}
