namespace Weir.Bench.Load;

/// <summary>HAProxy with two threads and every idle upstream connection reused.</summary>
sealed class Haproxy : Gateway
{
    public override string Name => "haproxy";

    public override IReadOnlyList<Row> Rows => [.. Row.All.Where(static row => row.IsPlainProxying && row.Llm is null)];

    public override Launch Prepare(Row row, Site site)
    {
        var port = Site.FreePort();
        // HAProxy wants certificate and key in one file.
        var pem = site.Write("haproxy.pem", File.ReadAllText(site.CertificatePath) + File.ReadAllText(site.KeyPath));
        var config = site.Write($"haproxy-{row.Name}/haproxy.cfg", $"""
            global
                nbthread 2
                maxconn 8192
            defaults
                mode http
                http-reuse always
                timeout connect 10s
                timeout client 60s
                timeout server 60s
            frontend in
                bind 127.0.0.1:{port}{(row.Tls ? $" ssl crt {pem}" : "")}{(row.OffersHttp2 ? " alpn h2,http/1.1" : "")}
                default_backend out
            backend out
                server u 127.0.0.1:{site.UpstreamPort}

            """);
        return new("haproxy", ["-db", "-q", "-f", config], port, Address(row, port)) { Request = row.Request, CertificatePath = site.CertificatePath };
    }
}
