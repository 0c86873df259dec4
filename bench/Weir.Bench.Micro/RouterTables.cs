using System.Globalization;
using Weir.Config;
using Weir.Gateway;

namespace Weir.Bench.Micro;

/// <summary>Route tables of the sizes and shapes that are measured.</summary>
static class RouterTables
{
    const int RoutesPerHost = 20;

    /// <summary>One host, every route a path of its own.</summary>
    public static RouteTable<string> ByPath(int count) => Table(count, static n => new() { Paths = [Path(n)] });

    /// <summary>Hosts with twenty paths each.</summary>
    public static RouteTable<string> ByHostAndPath(int count) => Table(count, static n => new() { Hosts = [Host(n)], Paths = [Path(n)] });

    /// <summary>Every route a host of its own.</summary>
    public static RouteTable<string> ByHost(int count) => Table(count, static n => new() { Hosts = [$"h{Text(n)}.example.com"] });

    /// <summary>Regular expressions that share no literal prefix worth speaking of, so that each must be tried.</summary>
    public static RouteTable<string> ByRegex(int count) => Table(count, static n => new() { Paths = [$"~/[a-z]+/r{Text(n)}/\\d+$"] });

    /// <summary>Regular expressions told apart by how they start, as they mostly are.</summary>
    public static RouteTable<string> ByRegexWithPrefix(int count) => Table(count, static n => new() { Paths = [$"~/r{Text(n)}/\\d+$"] });

    /// <summary>One path, every route a header value of its own.</summary>
    public static RouteTable<string> ByHeader(int count) =>
        Table(count, static n => new() { Paths = ["/api"], Headers = new Dictionary<string, IReadOnlyList<string>> { ["x-tenant"] = [$"tenant-{Text(n)}"] } });

    public static string Host(int n) => $"team{Text(n / RoutesPerHost)}.example.com";

    public static string Path(int n) => $"/api/v{Text(n % 3)}/service-{Text(n)}/items";

    static string Text(int n) => n.ToString(CultureInfo.InvariantCulture);

    static RouteTable<string> Table(int count, Func<int, RouteConfig> route) =>
        RouteTable<string>.Build([.. Routes(count, route)]);

    public static IEnumerable<(RouteConfig Route, string Payload)> Routes(int count, Func<int, RouteConfig> route) =>
        Enumerable.Range(0, count).Select(n => (route(n) with { Id = $"00000000-0000-4000-8000-{n:x12}" }, Text(n)));
}
