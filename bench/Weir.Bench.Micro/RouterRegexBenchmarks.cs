using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.Http;
using Weir.Gateway;

namespace Weir.Bench.Micro;

/// <summary>One match among a hundred regular expressions.</summary>
public class RouterRegexBenchmarks
{
    const int Routes = 100;

    static readonly HeaderDictionary s_headers = [];

    RouteTable<string> _anywhere = null!;
    RouteTable<string> _prefixed = null!;

    [GlobalSetup]
    public void SetUp()
    {
        _anywhere = RouterTables.ByRegex(Routes);
        _prefixed = RouterTables.ByRegexWithPrefix(Routes);
    }

    [Benchmark]
    public bool WithoutPrefix() => RouterBenchmarks.Match(_anywhere, "a.test", "/abc/r50/123", s_headers);

    [Benchmark]
    public bool WithPrefix() => RouterBenchmarks.Match(_prefixed, "a.test", "/r50/123", s_headers);

    [Benchmark]
    public bool NotFound() => RouterBenchmarks.Match(_anywhere, "a.test", "/abc/none", s_headers);
}
