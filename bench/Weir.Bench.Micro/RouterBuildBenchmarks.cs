using BenchmarkDotNet.Attributes;
using Weir.Config;
using Weir.Gateway;

namespace Weir.Bench.Micro;

/// <summary>Compiling a hundred thousand routes.</summary>
[SimpleJob(launchCount: 1, warmupCount: 1, iterationCount: 5, invocationCount: 1)]
public class RouterBuildBenchmarks
{
    const int Routes = 100_000;
    const int RegexRoutes = 10_000;

    readonly List<(RouteConfig Route, string Payload)> _oneHost =
        [.. RouterTables.Routes(Routes, static n => new() { Hosts = ["a.test"], Paths = [RouterTables.Path(n)] })];

    readonly List<(RouteConfig Route, string Payload)> _manyHosts =
        [.. RouterTables.Routes(Routes, static n => new() { Hosts = [$"h{n}.test"], Paths = [RouterTables.Path(n)], Methods = ["GET"] })];

    readonly List<(RouteConfig Route, string Payload)> _regexes =
        [.. RouterTables.Routes(RegexRoutes, static n => new() { Hosts = ["a.test"], Paths = [$"~/api/service-{n}/items/(?<id>[^/]+)/details$"] })];

    [Benchmark]
    public int OneHost() => RouteTable<string>.Build(_oneHost).Count;

    [Benchmark]
    public int ManyHosts() => RouteTable<string>.Build(_manyHosts).Count;

    [Benchmark]
    public int TenThousandRegexes() => RouteTable<string>.Build(_regexes).Count;
}
