namespace Weir.Bench.Load;

/// <summary>Weir from a Kong file, as a user runs it: nothing tuned but the access log, which the others do not write either.</summary>
/// <param name="transport">What moves its bytes; empty for its default.</param>
sealed class WeirGateway(string transport) : Gateway
{
    const string TransportOption = "--transport";

    public static IReadOnlyList<WeirGateway> Systems { get; } = [new(""), new("loops"), new("sockets")];

    public override string Name => transport.Length == 0 ? "weir" : "weir-" + transport;

    public override IReadOnlyList<Row> Rows => Row.All;

    public override bool RunsUnasked => transport.Length > 0;

    public override async Task RequireAsync(Site site, CancellationToken cancel)
    {
        if (transport.Length == 0)
            return;
        var help = await Tool.RunAsync(site.WeirPath, ["run", "--help"], cancel);
        if (!help.Contains(TransportOption, StringComparison.Ordinal))
        {
            throw new GatewayMissingException(
                $"{site.WeirPath} has no option {TransportOption}, so {Name} cannot run; name the systems without it: --only haproxy,weir");
        }
    }

    public override Launch Prepare(Row row, Site site)
    {
        int plainPort = Site.FreePort(), tlsPort = Site.FreePort(), statusPort = Site.FreePort();
        var document = row.Llm is { } llm ? LlmDocument.Text(llm, row.UpstreamPort(site)) : WeirDocument.Text(row, site);
        var file = site.Write($"{Name}-{row.Name}/kong.yaml", document);
        List<string> arguments =
        [
            "run", file, "--proxy", $"127.0.0.1:{plainPort}", "--proxy-tls", row.Tls ? $"127.0.0.1:{tlsPort}" : "off",
            "--status", $"127.0.0.1:{statusPort}", "--access-log", "off",
        ];
        if (transport.Length > 0)
            arguments.AddRange([TransportOption, transport]);
        if (row == Row.Computing)
            arguments.AddRange(["--set", $"plugin_libraries={PluginLibrary(site)}"]);
        if (row.Llm is { IsGoverned: true })
            arguments.AddRange(["--set", $"usage_ledger={Path.Combine(site.Folder, $"{Name}-{row.Name}", "usage")}"]);
        if (row == Row.Soak)
            arguments.AddRange(["--set", $"upstream_keepalive_idle_timeout={Soak.UpstreamIdleSeconds}"]);
        if (row == Row.Idle)
            arguments.AddRange(["--set", "keepalive_timeout_seconds=3600", "--set", "connections_max=0"]);
        var port = row.Tls ? tlsPort : plainPort;
        return new(site.WeirPath, arguments, port, Address(row, port))
        {
            Request = row.Llm is { IsGoverned: true } ? row.Request.With([("authorization", $"Bearer {LlmDocument.Key}")]) : row.Request,
            PlainPort = plainPort,
            CertificatePath = site.CertificatePath,
            MetricsAddress = new($"http://127.0.0.1:{statusPort}/metrics"),
            Keys = row == Row.Auth ? [.. Enumerable.Range(0, WeirDocument.Consumers).Select(WeirDocument.KeyOf)] : [],
        };
    }

    static string PluginLibrary(Site site) =>
        Path.Combine(site.Root, "artifacts", "bin", "Weir.Bench.Load.Plugin", "release", "Weir.Bench.Load.Plugin.dll");
}
