namespace Weir.Bench.Load;

/// <summary>What is asked of the gateways: one table of the report.</summary>
/// <param name="Name">Short name for the command line.</param>
/// <param name="Title">Heading of the table.</param>
/// <param name="Path">Path of the request.</param>
/// <param name="Tls">Whether clients speak TLS to the gateway; the upstream is plain always.</param>
/// <param name="Reference">The row of nginx that ratios are taken to: the same work, or the nearest that nginx does.</param>
sealed record Row(string Name, string Title, string Path, bool Tls, string Reference)
{
    public static Row Plain { get; } = new("plain", "Plain proxying, 101 B", Upstream.SmallPath, false, "plain");

    public static Row Large { get; } = new("large", "Plain proxying, 10.6 KB", Upstream.LargePath, false, "large");

    public static Row Auth { get; } = new(
        "auth", "key-auth and rate-limiting by consumer, 1,000 consumers, 101 B (nginx: plain, as the reference)", Upstream.SmallPath, false, "plain");

    public static Row OverTls { get; } = new("tls", "TLS from the client, 101 B", Upstream.SmallPath, true, "tls");

    public static IReadOnlyList<Row> All { get; } = [Plain, Large, Auth, OverTls];
}
