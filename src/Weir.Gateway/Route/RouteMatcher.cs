using Weir.Config;

namespace Weir.Gateway;

/// <summary>Everything one part of a route demands besides host and prefix, which finding it in the index has proved.</summary>
sealed class RouteMatcher
{
    readonly string[]? _methods;
    readonly SniRule[] _snis;
    readonly HeaderRule[] _headers;

    public RouteMatcher(RouteConfig route, RouteSplit split, PatternPool patterns)
    {
        Route = route;
        _methods = route.Methods is { Count: > 0 } methods ? [.. methods] : null;
        _snis = [.. (route.Snis ?? []).Select(static sni => new SniRule(sni))];
        _headers = [.. (route.Headers ?? new Dictionary<string, IReadOnlyList<string>>())
            .Where(static header => header.Value.Count > 0)
            .Select(header => new HeaderRule(header.Key, header.Value, patterns))];
        Hosts = [.. (route.Hosts ?? []).Select(HostRule.Parse)];
        Patterns = split.PathIsRegex ? [.. split.Paths.Select(path => patterns.ForPath(path[1..]))] : [];
        Prefixes = split.PathIsRegex ? [] : [.. split.Paths.Select(PathNormalizer.Normalize)];
    }

    /// <summary>The route that it is a part of.</summary>
    public RouteConfig Route { get; }

    public HostRule[] Hosts { get; }

    /// <summary>Regular expressions of the path, in the order written: the first that matches decides what strip_path removes.</summary>
    public RoutePattern[] Patterns { get; }

    /// <summary>Prefixes in normal form.</summary>
    public string[] Prefixes { get; }

    public IReadOnlyList<HeaderRule> Headers => _headers;

    public SniRule[] Snis => _snis;

    /// <summary>Whether a request satisfies what the index does not prove.</summary>
    public bool Accepts(in RouteQuery query) =>
        AcceptsMethod(query.Method) && AcceptsSni(query.Scheme, query.Sni) && (_headers.Length == 0 || AcceptsHeaders(in query));

    bool AcceptsMethod(string sent)
    {
        if (_methods is null) return true;
        foreach (var method in _methods)
            if (string.Equals(method, sent, StringComparison.Ordinal)) return true;
        return false;
    }

    /// <summary>On plain http there is no server name to compare, so the rule does not count.</summary>
    bool AcceptsSni(string scheme, string? sent)
    {
        if (_snis.Length == 0 || scheme != "https") return true;
        if (sent is null) return false;
        var name = SniRule.WithoutTrailingDot(sent);
        foreach (var sni in _snis)
            if (sni.Accepts(name)) return true;
        return false;
    }

    bool AcceptsHeaders(in RouteQuery query)
    {
        foreach (var header in _headers)
            if (!header.Accepts(query.Headers)) return false;
        return true;
    }
}
