namespace Weir.Bench.Load;

/// <summary>What is asked of the gateways: one table of the report.</summary>
/// <param name="Name">Short name for the command line.</param>
/// <param name="Title">Heading of the table.</param>
/// <param name="Request">The request.</param>
/// <param name="Reference">The row of nginx that ratios are taken to: the same work, or the nearest that nginx does. Null: nginx has none.</param>
sealed partial record Row(string Name, string Title, Request Request, string? Reference)
{
    public static Row Plain { get; } = new("plain", "Plain proxying, 101 B", Upstream.Small, "plain") { Bounds = [Asked.CpuRatio(1.0)] };

    public static Row Large { get; } = new("large", "Plain proxying, 10.6 KB", Upstream.Large, "large") { Bounds = [Asked.CpuRatio(0.95)] };

    public static Row Auth { get; } = new(
        "auth", "key-auth and rate-limiting by consumer, 1,000 consumers, 101 B (nginx: plain, as the reference)", Upstream.Small, "plain")
    {
        Bounds = [Asked.CpuRatio(1.05)],
    };

    public static Row OverTls { get; } = new("tls", "TLS from the client, 101 B", Upstream.Small, "tls")
    {
        Tls = true,
        Bounds = [Asked.CpuRatio(1.05)],
    };

    public static Row Http2 { get; } = new("h2", "HTTP/2 over TLS from the client, 101 B", Upstream.Small, "h2")
    {
        Tls = true,
        OffersHttp2 = true,
        Load = new H2Load(connections: 8, streams: 8),
        Bounds = [Asked.CpuRatio(1.2)],
    };

    public static Row Contention { get; } = new("contention", "Plain proxying, 101 B, beside two busy loops", Upstream.Small, "contention")
    {
        Load = new BusyNeighbours(processes: 2, new Wrk()),
        Bounds = [Asked.P99Ratio(1.5)],
    };

    public static Row Rate2000 { get; } = new("rate2000", "Plain proxying, 101 B, 2,000 requests/s", Upstream.Small, "rate2000")
    {
        Load = new FixedRate(2000, connections: 32),
        Bounds = [Asked.CpuRatio(1.15)],
    };

    public static Row Rate10000 { get; } = new("rate10000", "Plain proxying, 101 B, 10,000 requests/s", Upstream.Small, "rate10000")
    {
        Load = new FixedRate(10_000, connections: 32),
    };

    public static Row Latency { get; } = new("latency", "Latency of an idle gateway, 101 B", Upstream.Small, "latency") { Load = new IdleProbe() };

    /// <summary>Half of the requests keep one core busy, so a machine with two has room for the others: what is measured is who waits behind whom.</summary>
    public static Row Computing { get; } = new(
        "computing", "Every second request runs a plugin that computes 1 ms; latencies are those of the others", Upstream.Small, Reference: null)
    {
        Load = new FixedRate(2000, connections: 64) { EverySecond = Upstream.Computing },
        Bounds = [Asked.P99Us(5000)],
    };

    /// <summary>Both listeners, for a soak; no table.</summary>
    public static Row Soak { get; } = new("soak", "Soak", Upstream.Small, Reference: null) { Tls = true };

    /// <summary>One listener, for connections that wait; no table.</summary>
    public static Row Idle { get; } = new("idle", "Idle connections", Upstream.Small, Reference: null);

    public static IReadOnlyList<Row> All { get; } =
    [
        Plain, Large, Auth, OverTls, Http2, Contention, Rate2000, Rate10000, Latency, Computing,
        LlmCall, LlmTranslated, LlmGoverned, LlmPrompt16, LlmPrompt200, LlmStream, LlmStreams500, LlmFirstToken,
    ];

    /// <summary>Whether clients speak TLS to the gateway; the upstream is plain always.</summary>
    public bool Tls { get; init; }

    /// <summary>Whether the gateway offers HTTP/2.</summary>
    public bool OffersHttp2 { get; init; }

    public Load Load { get; init; } = new Wrk();

    /// <summary>What Weir is to reach.</summary>
    public IReadOnlyList<Asked> Bounds { get; init; } = [];

    /// <summary>The request is a call of a model; null: it is not.</summary>
    public LlmTraffic? Llm { get; init; }

    /// <summary>The server behind the gateway.</summary>
    public int UpstreamPort(Site site) => Llm is { IsStream: true } ? site.StreamPort : site.UpstreamPort;

    /// <summary>Whether nginx and HAProxy can do it as it is.</summary>
    public bool IsPlainProxying => Reference == Name;
}
