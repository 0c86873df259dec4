namespace Weir.Bench.Load;

/// <summary>nginx as a plain reverse proxy: two workers, keep-alive to both sides, no access log.</summary>
sealed class Nginx : Gateway
{
    public const string SystemName = "nginx";

    /// <summary>Not the default of 1,000 requests: a connection that ends would be paid by one system only.</summary>
    public const string HttpDefaults = """
        access_log off;
            default_type text/plain;
            keepalive_requests 1000000000;
            keepalive_timeout 600s;
            tcp_nodelay on;
            client_body_temp_path body;
            proxy_temp_path proxy;
            fastcgi_temp_path fastcgi;
            uwsgi_temp_path uwsgi;
            scgi_temp_path scgi;
        """;

    /// <summary>Prompts stay in memory, and answers go out as they come: what any gateway of models has to do.</summary>
    const string LlmDirectives = "client_body_buffer_size 1m; proxy_buffering off;";

    public override string Name => SystemName;

    public override IReadOnlyList<Row> Rows => [.. Row.All.Where(static row => row.IsPlainProxying)];

    public override Launch Prepare(Row row, Site site)
    {
        var port = Site.FreePort();
        var tls = row.Tls ? $"ssl_certificate {site.CertificatePath}; ssl_certificate_key {site.KeyPath};" : "";
        var config = site.Write($"nginx-{row.Name}/nginx.conf", $$"""
            {{Preamble(workers: 2)}}
            http {
                {{HttpDefaults}}
                upstream u {
                    server 127.0.0.1:{{row.UpstreamPort(site)}};
                    keepalive 256;
                    keepalive_requests 1000000000;
                }
                server {
                    listen 127.0.0.1:{{port}} {{(row.Tls ? "ssl" : "")}} {{(row.OffersHttp2 ? "http2" : "")}} backlog=4096;
                    {{tls}}
                    location / {
                        proxy_pass http://u;
                        proxy_http_version 1.1;
                        proxy_set_header Connection "";
                        {{(row.Llm is null ? "" : LlmDirectives)}}
                    }
                }
            }
            """);
        return new(SystemName, ["-p", Path.GetDirectoryName(config)!, "-c", config], port, Address(row, port))
        {
            Request = row.Request,
            CertificatePath = site.CertificatePath,
        };
    }

    public static string Preamble(int workers) => $$"""
        daemon off;
        {{(Environment.UserName == "root" ? "user root;" : "")}}
        worker_processes {{workers}};
        worker_rlimit_nofile 16384;
        pid nginx.pid;
        error_log stderr error;
        events { worker_connections 4096; }
        """;
}
