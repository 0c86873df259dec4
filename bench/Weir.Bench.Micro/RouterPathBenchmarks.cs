using BenchmarkDotNet.Attributes;
using Weir.Gateway;
using Weir.Config;

namespace Weir.Bench.Micro;

/// <summary>Normalising and joining paths.</summary>
public class RouterPathBenchmarks
{
    [Benchmark]
    public string NormalPath() => PathNormalizer.Normalize("/api/v1/customers/8235/orders/latest.json");

    [Benchmark]
    public string EncodedPath() => PathNormalizer.Normalize("/api/v1/%63ustomers/./8235//orders/caf%c3%a9");

    [Benchmark]
    public string Join() => UpstreamPath.Join("/service", "/api/v1/customers/8235", 7, stripPath: true);

    [Benchmark]
    public string JoinRoot() => UpstreamPath.Join(null, "/api/v1/customers/8235", 0, stripPath: false);
}
