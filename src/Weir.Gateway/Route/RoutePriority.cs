using Weir.Config;

namespace Weir.Gateway;

/// <summary>The 64-bit priority of a matcher; the higher is tried first. A field that is further left outweighs everything right of it.</summary>
/// <remarks>
/// Bits 63..61 how many attributes are matched, 60 every host is without wildcard, 59..52 how many headers, 51 the path is a regular expression,
/// 50..19 regex_priority, 18..0 length of the prefix in bytes.
/// </remarks>
static class RoutePriority
{
    const int HeadersMax = 255;
    const int PrefixLengthMax = 0x7FFFF;

    /// <summary>Priority of the part of a route that one kind of path makes up. <paramref name="prefixLength"/> is 0 without a prefix.</summary>
    public static ulong Of(RouteConfig route, bool pathIsRegex, int prefixLength)
    {
        var priority = (ulong)AttributeCount(route) << 61;
        if (route.Hosts is { Count: > 0 } hosts && !hosts.Any(static host => host.Contains('*'))) priority |= 1UL << 60;
        priority |= (ulong)Math.Min(route.Headers?.Count ?? 0, HeadersMax) << 52;
        if (pathIsRegex) priority |= (1UL << 51) | ((ulong)Biased(route.RegexPriority) << 19);
        return priority | (uint)Math.Min(prefixLength, PrefixLengthMax);
    }

    /// <summary>Only regular expressions carry this field, so only its order counts: the bias puts negative priorities below zero.</summary>
    static uint Biased(int regexPriority) => (uint)regexPriority ^ 0x8000_0000u;

    static int AttributeCount(RouteConfig route) =>
        One(route.Sources) + One(route.Destinations) + One(route.Methods) + One(route.Hosts) + One(route.Snis) + One(route.Paths)
        + (route.Headers is { Count: > 0 } ? 1 : 0);

    static int One<T>(IReadOnlyList<T>? values) => values is { Count: > 0 } ? 1 : 0;
}
