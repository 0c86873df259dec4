namespace Weir.Bench.Load;

/// <summary>What is asked of the gateways: one table of the report.</summary>
/// <param name="Name">Short name for the command line.</param>
/// <param name="Title">Heading of the table.</param>
/// <param name="Path">Path of the request.</param>
/// <param name="Reference">The row of nginx that ratios are taken to: the same work, or the nearest that nginx does. Null: nginx has none.</param>
sealed record Row(string Name, string Title, string Path, string? Reference)
{
    public static Row Plain { get; } = new("plain", "Plain proxying, 101 B", Upstream.SmallPath, "plain") { Asked = Asked.CpuRatio(1.0) };

    public static Row Large { get; } = new("large", "Plain proxying, 10.6 KB", Upstream.LargePath, "large") { Asked = Asked.CpuRatio(0.95) };

    public static Row Auth { get; } = new(
        "auth", "key-auth and rate-limiting by consumer, 1,000 consumers, 101 B (nginx: plain, as the reference)", Upstream.SmallPath, "plain")
    {
        Asked = Asked.CpuRatio(1.05),
    };

    public static Row OverTls { get; } = new("tls", "TLS from the client, 101 B", Upstream.SmallPath, "tls")
    {
        Tls = true,
        Asked = Asked.CpuRatio(1.05),
    };

    public static Row Http2 { get; } = new("h2", "HTTP/2 over TLS from the client, 101 B", Upstream.SmallPath, "h2")
    {
        Tls = true,
        OffersHttp2 = true,
        Load = new H2Load(connections: 8, streams: 8),
        Asked = Asked.CpuRatio(1.2),
    };

    public static Row Contention { get; } = new("contention", "Plain proxying, 101 B, beside two busy loops", Upstream.SmallPath, "contention")
    {
        Load = new BusyNeighbours(processes: 2, new Wrk()),
        Asked = Asked.P99Ratio(1.5),
    };

    public static Row Rate2000 { get; } = new("rate2000", "Plain proxying, 101 B, 2,000 requests/s", Upstream.SmallPath, "rate2000")
    {
        Load = new FixedRate(2000, connections: 32),
        Asked = Asked.CpuRatio(1.15),
    };

    public static Row Rate10000 { get; } = new("rate10000", "Plain proxying, 101 B, 10,000 requests/s", Upstream.SmallPath, "rate10000")
    {
        Load = new FixedRate(10_000, connections: 32),
    };

    public static Row Latency { get; } = new("latency", "Latency of an idle gateway, 101 B", Upstream.SmallPath, "latency") { Load = new IdleProbe() };

    /// <summary>Half of the requests keep one core busy, so a machine with two has room for the others: what is measured is who waits behind whom.</summary>
    public static Row Computing { get; } = new(
        "computing", "Every second request runs a plugin that computes 1 ms; latencies are those of the others", Upstream.SmallPath, Reference: null)
    {
        Load = new FixedRate(2000, connections: 64) { EverySecondPath = Upstream.ComputingPath },
        Asked = Asked.P99Us(5000),
    };

    /// <summary>Both listeners, for a soak; no table.</summary>
    public static Row Soak { get; } = new("soak", "Soak", Upstream.SmallPath, Reference: null) { Tls = true };

    /// <summary>One listener, for connections that wait; no table.</summary>
    public static Row Idle { get; } = new("idle", "Idle connections", Upstream.SmallPath, Reference: null);

    public static IReadOnlyList<Row> All { get; } = [Plain, Large, Auth, OverTls, Http2, Contention, Rate2000, Rate10000, Latency, Computing];

    /// <summary>Whether clients speak TLS to the gateway; the upstream is plain always.</summary>
    public bool Tls { get; init; }

    /// <summary>Whether the gateway offers HTTP/2.</summary>
    public bool OffersHttp2 { get; init; }

    public Load Load { get; init; } = new Wrk();

    /// <summary>What Weir is to reach; null: nothing.</summary>
    public Asked? Asked { get; init; }

    /// <summary>Whether nginx and HAProxy can do it as it is.</summary>
    public bool IsPlainProxying => Reference == Name;
}
