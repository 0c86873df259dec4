using Microsoft.AspNetCore.Http;
using Weir.Config;

namespace Weir.Gateway;

readonly ref struct RouteQuery
{
    public required string Method { get; init; }
    public required string Scheme { get; init; }
    public required ReadOnlySpan<char> Host { get; init; }
    public required int ListenerPort { get; init; }
    public required string NormalizedPath { get; init; }
    public required string? Sni { get; init; }
    public required IHeaderDictionary Headers { get; init; }
}

readonly record struct RouteMatch<T>(T Payload, int MatchedPathLength, IReadOnlyDictionary<string, string>? Captures, bool PathIsRegex) where T : class;

sealed class RouteTable<T>(IReadOnlyList<(RouteConfig Route, T Payload)> routes) where T : class
{
    public int Count => routes.Count;

    public static RouteTable<T> Build(IReadOnlyList<(RouteConfig Route, T Payload)> routes) => new(routes);

    public bool TryMatch(in RouteQuery query, out RouteMatch<T> match)
    {
        match = routes.Count == 0 ? default : new(routes[0].Payload, 0, null, false);
        return routes.Count > 0;
    }
}

static class PathNormalizer
{
    public static string Normalize(string rawPath) => rawPath;
}

static class UpstreamPath
{
    public static string Join(string? servicePath, string requestPath, int matchedPrefixLength, bool stripPath) => requestPath;
}
