namespace Weir.Gateway;

/// <summary>Compiles the regular expressions of one table, each distinct one once.</summary>
sealed class PatternPool
{
    readonly Dictionary<string, RoutePattern> _paths = new(StringComparer.Ordinal);
    readonly Dictionary<string, RoutePattern> _headers = new(StringComparer.Ordinal);

    public RoutePattern ForPath(string source) =>
        _paths.TryGetValue(source, out var known) ? known : _paths[source] = RoutePattern.OfPath(source);

    public RoutePattern ForHeader(string source) =>
        _headers.TryGetValue(source, out var known) ? known : _headers[source] = RoutePattern.OfHeader(source);
}
