using Weir.Config;

namespace Weir.Gateway;

/// <summary>
/// The routes that came to a table after it was compiled, as a small table of their own. Both are searched, and the order of evaluation decides between what
/// they find.
/// </summary>
sealed class RouteOverlay<T>
    where T : class
{
    /// <summary>More than these are compiled into the table itself.</summary>
    public const int PartsMax = 256;

    readonly Part[] _parts;
    readonly RouteIndex _index;
    readonly int[] _before;

    RouteOverlay(Part[] parts, RouteIndex index, int[] before) => (_parts, _index, _before) = (parts, index, before);

    public IReadOnlyList<Part> Parts => _parts;

    /// <summary>One part of a route, with what it was compiled to.</summary>
    public sealed record Part(RouteSplit Split, RouteMatcher Matcher, T Payload);

    /// <summary>The parts of a route.</summary>
    public static IEnumerable<Part> PartsOf(RouteConfig route, T payload)
    {
        if (ProtocolRule.IsStream(route)) return [];
        var patterns = new PatternPool();
        return RouteSplit.Of(route).Select(split => new Part(split, new RouteMatcher(route, split, patterns), payload));
    }

    /// <summary>Compiles parts. Null when the order between two parts, or between a part and the table, is not told by them alone.</summary>
    /// <param name="parts">The parts.</param>
    /// <param name="table">The splits of the table's matchers, in the order of evaluation.</param>
    /// <param name="isLive">Whether a matcher of the table still counts.</param>
    public static RouteOverlay<T>? Of(List<Part> parts, RouteSplit[] table, Func<int, bool> isLive)
    {
        Part[] sorted = [.. parts.Order(Comparer<Part>.Create(static (a, b) => RouteSplit.Compare(a.Split, b.Split)))];
        var before = new int[sorted.Length];
        for (var i = 0; i < sorted.Length; i++)
        {
            if (i > 0 && RouteSplit.Compare(sorted[i - 1].Split, sorted[i].Split) == 0) return null;
            before[i] = RouteSplit.FindFirst(table, sorted[i].Split);
            for (var rank = before[i]; rank < table.Length && RouteSplit.Compare(table[rank], sorted[i].Split) == 0; rank++)
                if (isLive(rank)) return null;
        }
        return new RouteOverlay<T>(sorted, RouteIndexBuilder.Build([.. sorted.Select(static part => part.Matcher)]), before);
    }

    /// <summary>The part that answers a request, if it goes before the matcher of this rank in the table.</summary>
    public bool TryFind(in RouteQuery query, int rank, out Candidate found) => _index.TryFind(in query, out found) && _before[found.Rank] <= rank;

    public Part this[int rank] => _parts[rank];
}
