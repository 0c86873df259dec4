using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.Http;
using Weir.Gateway;

namespace Weir.Bench.Micro;

/// <summary>One match in tables of three sizes. The requests go through the table, so that its memory is not always in the cache.</summary>
public class RouterBenchmarks
{
    const int RequestsMax = 4096;

    static readonly HeaderDictionary s_headers = [];

    RouteTable<string> _byPath = null!;
    RouteTable<string> _byHost = null!;
    RouteTable<string> _byHostAndPath = null!;
    RouteTable<string> _byHeader = null!;
    (string Host, string OwnHost, string Path, HeaderDictionary Headers)[] _requests = [];
    int _next;

    [Params(10, 1_000, 100_000)]
    public int Routes { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        _byPath = RouterTables.ByPath(Routes);
        _byHost = RouterTables.ByHost(Routes);
        _byHostAndPath = RouterTables.ByHostAndPath(Routes);
        _byHeader = RouterTables.ByHeader(Routes);
        var random = new Random(1);
        _requests = [.. Enumerable.Range(0, RequestsMax).Select(_ => random.Next(Routes)).Select(static n =>
            (RouterTables.Host(n), $"h{n}.example.com", RouterTables.Path(n) + "/42", new HeaderDictionary { ["x-tenant"] = $"tenant-{n}" }))];
    }

    [Benchmark]
    public bool ByPath()
    {
        ref readonly var request = ref Next();
        return Match(_byPath, request.Host, request.Path, s_headers);
    }

    [Benchmark]
    public bool ByHost()
    {
        ref readonly var request = ref Next();
        return Match(_byHost, request.OwnHost, request.Path, s_headers);
    }

    [Benchmark]
    public bool ByHostAndPath()
    {
        ref readonly var request = ref Next();
        return Match(_byHostAndPath, request.Host, request.Path, s_headers);
    }

    [Benchmark]
    public bool ByHeader()
    {
        ref readonly var request = ref Next();
        return Match(_byHeader, request.Host, "/api/x", request.Headers);
    }

    [Benchmark]
    public bool NotFound() => Match(_byHostAndPath, "team0.example.com", "/api/v0/nothing", s_headers);

    ref readonly (string Host, string OwnHost, string Path, HeaderDictionary Headers) Next() => ref _requests[_next++ % RequestsMax];

    internal static bool Match(RouteTable<string> table, string host, string path, HeaderDictionary headers)
    {
        var query = new RouteQuery { Method = "GET", Scheme = "http", Host = host, ListenerPort = 8000, NormalizedPath = path, Headers = headers };
        return table.TryMatch(in query, out _);
    }
}
