using System.Text;

namespace Weir.Bench.Load;

/// <summary>The Kong file that Weir serves in a row.</summary>
static class WeirDocument
{
    public const int Consumers = 1000;

    public static string Text(Row row, Site site)
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
        if (row == Row.Computing)
            AppendComputing(text);
        if (row.Tls)
            AppendCertificate(text, site);
        if (row == Row.Auth)
            AppendPolicy(text);
        return text.ToString();
    }

    public static string KeyOf(int consumer) => $"bench-key-{consumer:0000}-5f0c7a91e4";

    /// <summary>A route beside the other; the plugin runs on it alone.</summary>
    static void AppendComputing(StringBuilder text) => text.Append($$"""
              - name: computing
                paths: ["{{Upstream.Computing.Path}}"]
                strip_path: false
                plugins:
                  - name: computing
                    config: { microseconds: 1000 }

        """);

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
