using BenchmarkDotNet.Attributes;
using Weir.Gateway;

namespace Weir.Bench.Micro;

/// <summary>A request through the whole pipeline, from the head as Kestrel has parsed it to the recorded exchange, without a network.</summary>
public class PipelineBenchmarks
{
    const string Service = """
        _format_version: "3.0"
        services:
        - name: orders
          url: http://127.0.0.1:1
          routes:
          - { name: orders, paths: [/v1/orders], strip_path: false }

        """;

    const string KeyAuthAndRateLimiting = """
        consumers:
        - username: shop
          keyauth_credentials: [{ key: 0123456789abcdef }]
          acls: [{ group: partners }]
        plugins:
        - { name: key-auth }
        - { name: rate-limiting, config: { minute: 1000000000, hour: 1000000000, policy: local, limit_by: consumer } }

        """;

    const string SixMore = """
        - { name: correlation-id, config: { header_name: X-Correlation-Id, generator: uuid, echo_downstream: true } }
        - { name: cors, config: { origins: ["https://shop.example.com"], credentials: true } }
        - { name: ip-restriction, config: { allow: [127.0.0.0/8, 10.0.0.0/8] } }
        - { name: acl, config: { allow: [partners] } }
        - { name: request-transformer, config: { add: { headers: ["X-Shop:yes"] }, remove: { headers: [Cookie] } } }
        - { name: response-transformer, config: { add: { headers: ["X-Served-By:weir"] }, remove: { headers: [X-Internal] } } }

        """;

    // Without a body: what comes after the head is the connection's work.
    static readonly byte[] s_answer = [.. "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 0\r\nCache-Control: no-store\r\n\r\n"u8];

    readonly UpstreamClock _clock = new(TimeProvider.System);
    InMemoryGateway _plain = null!;
    InMemoryGateway _two = null!;
    InMemoryGateway _eight = null!;
    InMemoryGateway _forwarding = null!;
    Transports _transports = null!;

    [GlobalSetup]
    public void SetUp()
    {
        _plain = new(Service);
        _two = new(Service + KeyAuthAndRateLimiting);
        _eight = new(Service + KeyAuthAndRateLimiting + SixMore);
        _transports = new Transports(new SameAnswer(s_answer), new PoolLimits { RequestsPerConnectionMax = int.MaxValue }, Http1Limits.Default, _clock);
        var log = Microsoft.Extensions.Logging.Abstractions.NullLogger<Forwarder>.Instance;
        _forwarding = new(Service, new Forwarder(_transports, new Http2Forwarder(), log));
    }

    [GlobalCleanup]
    public void CleanUp()
    {
        foreach (var gateway in (ReadOnlySpan<InMemoryGateway>)[_plain, _two, _eight, _forwarding]) gateway.Dispose();
        _transports.Dispose();
        _clock.Dispose();
    }

    [Benchmark]
    public void NoPlugins() => Run(_plain);

    [Benchmark]
    public void KeyAuthRateLimiting() => Run(_two);

    [Benchmark]
    public void EightPlugins() => Run(_eight);

    [Benchmark]
    public void NoPluginsAndForwarder() => Run(_forwarding);

    /// <summary>A refusal would be measured as a cheap success.</summary>
    static void Run(InMemoryGateway gateway)
    {
        var status = gateway.ExchangeAsync().GetAwaiter().GetResult();
        if (status != 200) throw new InvalidOperationException($"the gateway answered {status}");
    }
}
