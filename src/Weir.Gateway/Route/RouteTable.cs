using Weir.Config;

namespace Weir.Gateway;

/// <summary>
/// The routes of one configuration, compiled: Kong's flavor 'traditional_compatible'. Immutable; matching takes no lock, keeps no cache, and allocates
/// only for the captures of a regular expression that has groups.
/// </summary>
/// <remarks>
/// Every route is split into matchers (<see cref="RouteSplit"/>). Of those that accept a request the one with the highest priority
/// (<see cref="RoutePriority"/>) wins, and among equals the one with the higher id: not the older one. Routes of stream protocols are left out. Protocols
/// are not matched: see <see cref="ProtocolRule"/>. A few changes since the table was compiled stand beside it (<see cref="RouteOverlay{T}"/>).
/// </remarks>
sealed class RouteTable<T>
    where T : class
{
    readonly RouteIndex _index;
    readonly RouteSplit[] _splits;
    readonly T?[] _payloads;
    readonly RouteOverlay<T>? _overlay;

    RouteTable(RouteIndex index, RouteSplit[] splits, T?[] payloads, RouteOverlay<T>? overlay, int count)
    {
        _index = index;
        _splits = splits;
        _payloads = payloads;
        _overlay = overlay;
        Count = count;
    }

    /// <summary>How many routes the table has.</summary>
    public int Count { get; }

    /// <summary>Whether every route is compiled into the table itself.</summary>
    public bool IsWhole => _overlay is null;

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
        parts.Sort(static (a, b) => RouteSplit.Compare(a.Split, b.Split) is var order and not 0 ? order : a.Route.CompareTo(b.Route));

        var patterns = new PatternPool();
        var matchers = new RouteMatcher[parts.Count];
        var payloads = new T[parts.Count];
        for (var rank = 0; rank < matchers.Length; rank++)
        {
            var (split, route) = parts[rank];
            matchers[rank] = new(routes[route].Route, split, patterns);
            payloads[rank] = routes[route].Payload;
        }
        return new(RouteIndexBuilder.Build(matchers), [.. parts.Select(static part => part.Split)], payloads, null, count);
    }

    /// <summary>The table after some changes: what did not change stays compiled.</summary>
    /// <param name="changes">The changes.</param>
    /// <param name="all">All routes, for when so much has changed that the table is better compiled anew.</param>
    public RouteTable<T> With(IReadOnlyList<RouteChange<T>> changes, Func<IReadOnlyList<(RouteConfig Route, T Payload)>> all)
    {
        if (changes.Count == 0) return this;
        var edit = new Edit(this);
        return edit.Apply(changes) && edit.ToTable() is { } table ? table : Build(all());
    }

    /// <summary>Finds the route that answers a request.</summary>
    public bool TryMatch(in RouteQuery query, out RouteMatch<T> match)
    {
        var isFound = _index.TryFind(in query, out var found);
        if (_overlay is { } overlay && overlay.TryFind(in query, isFound ? found.Rank : int.MaxValue, out var newer))
        {
            match = Match(overlay[newer.Rank].Payload, in newer, overlay[newer.Rank].Matcher, query.NormalizedPath);
            return true;
        }
        match = isFound ? Match(_payloads[found.Rank]!, in found, _index[found.Rank]!, query.NormalizedPath) : default;
        return isFound;
    }

    static RouteMatch<T> Match(T payload, in Candidate found, RouteMatcher matcher, string path) => found.Pattern == Candidate.NoPattern
        ? new(payload, found.PrefixLength, pathIsRegex: false, captures: null)
        : RegexMatch(payload, matcher.Patterns, path);

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

    /// <summary>A table on its way to the next.</summary>
    sealed class Edit(RouteTable<T> table)
    {
        /// <summary>More new payloads than these are found by looking through all.</summary>
        const int SearchedMax = 64;

        readonly T?[] _payloads = [.. table._payloads];
        readonly List<RouteOverlay<T>.Part> _parts = [.. table._overlay?.Parts ?? []];
        RouteMatcher?[]? _matchers;
        int _count = table.Count;

        /// <summary>False when there are too many changes.</summary>
        public bool Apply(IReadOnlyList<RouteChange<T>> changes)
        {
            var renewed = changes.Where(static change => ReferenceEquals(change.Before, change.After)).ToList();
            if (changes.Count - renewed.Count > RouteOverlay<T>.PartsMax) return false;
            if (renewed.Count > SearchedMax)
            {
                IEqualityComparer<T> same = ReferenceEqualityComparer.Instance;
                RenewAll(renewed.ToDictionary(static change => change.PayloadBefore!, static change => change.Payload!, same));
            }
            else
            {
                foreach (var change in renewed) Renew(change.Before!, change.Payload!);
            }
            foreach (var change in changes)
            {
                if (ReferenceEquals(change.Before, change.After)) continue;
                if (change.Before is { } before && !ProtocolRule.IsStream(before)) Remove(before);
                if (change.After is not { } after || ProtocolRule.IsStream(after)) continue;
                _count++;
                _parts.AddRange(RouteOverlay<T>.PartsOf(after, change.Payload!));
            }
            return _parts.Count <= RouteOverlay<T>.PartsMax;
        }

        /// <summary>The next table; null when it has to be compiled.</summary>
        public RouteTable<T>? ToTable()
        {
            var index = _matchers is null ? table._index : table._index.With(_matchers);
            RouteOverlay<T>? overlay = null;
            if (_parts.Count > 0 && (overlay = RouteOverlay<T>.Of(_parts, table._splits, rank => index[rank] is not null)) is null) return null;
            return new RouteTable<T>(index, table._splits, _payloads, overlay, _count);
        }

        void RenewAll(Dictionary<T, T> payloads)
        {
            foreach (ref var payload in _payloads.AsSpan())
                if (payload is not null && payloads.TryGetValue(payload, out var next)) payload = next;
            for (var i = 0; i < _parts.Count; i++)
                if (payloads.TryGetValue(_parts[i].Payload, out var next)) _parts[i] = _parts[i] with { Payload = next };
        }

        void Renew(RouteConfig route, T payload)
        {
            foreach (var rank in RanksOf(route)) _payloads[rank] = payload;
            for (var i = 0; i < _parts.Count; i++)
                if (ReferenceEquals(_parts[i].Matcher.Route, route)) _parts[i] = _parts[i] with { Payload = payload };
        }

        void Remove(RouteConfig route)
        {
            _count--;
            if (_parts.RemoveAll(part => ReferenceEquals(part.Matcher.Route, route)) > 0) return;
            foreach (var rank in RanksOf(route).ToList())
            {
                _matchers ??= table._index.CopyMatchers();
                _matchers[rank] = null;
                _payloads[rank] = null;
            }
        }

        /// <summary>Where the table has the parts of a route.</summary>
        IEnumerable<int> RanksOf(RouteConfig route)
        {
            foreach (var split in RouteSplit.Of(route))
                for (var rank = RouteSplit.FindFirst(table._splits, split);
                    rank < table._splits.Length && RouteSplit.Compare(table._splits[rank], split) == 0; rank++)
                    if (ReferenceEquals(table._index[rank]?.Route, route)) yield return rank;
        }
    }
}
