using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Weir.Config;

namespace Weir.Gateway.Tests;

/// <summary>Shared set-up of the router's tests: tables of named routes, requests in one line.</summary>
static class RouteTests
{
    public static string Id(int n) => $"00000000-0000-0000-0000-{n:x12}";

    /// <summary>A table whose payloads are the names of the routes; ids follow the order unless given.</summary>
    public static RouteTable<string> Table(params RouteConfig[] routes) =>
        RouteTable<string>.Build([.. routes.Select((route, i) => (route.Id is null ? route with { Id = Id(i + 1) } : route, route.Name ?? "?"))]);

    public static RouteConfig Route(
        string name,
        string[]? hosts = null,
        string[]? paths = null,
        string[]? methods = null,
        string[]? snis = null,
        Dictionary<string, IReadOnlyList<string>>? headers = null) =>
        new() { Name = name, Hosts = hosts, Paths = paths, Methods = methods, Snis = snis, Headers = headers };

    public static Dictionary<string, IReadOnlyList<string>> Header(string name, params string[] values) => new() { [name] = values };

    public static RouteMatch<string>? Match(
        this RouteTable<string> table,
        string path = "/",
        string host = "",
        string method = "GET",
        string scheme = "http",
        string? sni = null,
        int port = 8000,
        HeaderDictionary? headers = null)
    {
        var query = new RouteQuery
        {
            Method = method,
            Scheme = scheme,
            Host = host,
            ListenerPort = port,
            NormalizedPath = PathNormalizer.Normalize(path),
            Sni = sni,
            Headers = headers ?? [],
        };
        return table.TryMatch(in query, out var match) ? match : null;
    }

    /// <summary>Name of the route that answers, or null.</summary>
    public static string? Find(
        this RouteTable<string> table,
        string path = "/",
        string host = "",
        string method = "GET",
        string scheme = "http",
        string? sni = null,
        int port = 8000,
        HeaderDictionary? headers = null) => table.Match(path, host, method, scheme, sni, port, headers)?.Payload;

    /// <summary>A file beside these tests, wherever the executable was built.</summary>
    public static JsonElement ReadData(string file)
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "Weir.slnx"))) root = root.Parent ?? throw new InvalidOperationException("not inside the repository");
        var path = Path.Combine(root.FullName, "tests", "Weir.Gateway.Tests", "Route", "Data", file);
        return JsonDocument.Parse(File.ReadAllBytes(path)).RootElement;
    }
}
