using System.Text;

namespace Weir.Bench.Load;

/// <summary>Weir from a Kong file, as a user runs it: nothing tuned but the access log, which the others do not write either.</summary>
sealed class WeirGateway : Gateway
{
    const int Consumers = 1000;

    public override string Name => "weir";

    public override IReadOnlyList<Row> Rows => Row.All;

    public override Launch Prepare(Row row, Site site)
    {
        int plainPort = Site.FreePort(), tlsPort = Site.FreePort(), statusPort = Site.FreePort();
        var file = site.Write($"weir-{row.Name}/kong.yaml", Document(row, site));
        var executable = Path.Combine(site.Root, "artifacts", "bin", "Weir.Server", "release", "weir");
        string[] arguments =
        [
            "run", file, "--proxy", $"127.0.0.1:{plainPort}", "--proxy-tls", row.Tls ? $"127.0.0.1:{tlsPort}" : "off",
            "--status", $"127.0.0.1:{statusPort}", "--access-log", "off",
        ];
        var port = row.Tls ? tlsPort : plainPort;
        return new(executable, arguments, port, Address(row, port))
        {
            CertificatePath = site.CertificatePath,
            MetricsAddress = new($"http://127.0.0.1:{statusPort}/metrics"),
            Keys = row == Row.Auth ? [.. Enumerable.Range(0, Consumers).Select(KeyOf)] : [],
        };
    }

    static string KeyOf(int consumer) => $"bench-key-{consumer:0000}-5f0c7a91e4";

    static string Document(Row row, Site site)
    {
        var text = new StringBuilder($"""
            _format_version: "3.0"
            services:
              - name: upstream
                url: http://127.0.0.1:{site.UpstreamPort}
                routes:
                  - name: everything
                    paths: ["/"]

            """);
        if (row.Tls)
            AppendCertificate(text, site);
        if (row == Row.Auth)
            AppendPolicy(text);
        return text.ToString();
    }

    static void AppendCertificate(StringBuilder text, Site site)
    {
        text.Append("certificates:\n  - cert: |\n").Append(Indented(site.CertificatePath)).Append("    key: |\n").Append(Indented(site.KeyPath));
        text.Append("    snis:\n      - name: localhost\n");
    }

    static string Indented(string path) => string.Concat(File.ReadLines(path).Select(static line => $"      {line}\n"));

    /// <summary>The limit is one that the load cannot reach: counting is measured, not refusing.</summary>
    static void AppendPolicy(StringBuilder text)
    {
        text.Append("""
            plugins:
              - name: key-auth
              - name: rate-limiting
                config: { minute: 1000000000, policy: local, limit_by: consumer }
            consumers:

            """);
        for (var i = 0; i < Consumers; i++)
            text.Append($"  - username: consumer-{i:0000}\n    keyauth_credentials:\n      - key: {KeyOf(i)}\n");
    }
}
