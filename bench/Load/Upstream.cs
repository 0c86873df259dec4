namespace Weir.Bench.Load;

/// <summary>The server behind every gateway: one nginx process that answers from memory.</summary>
static class Upstream
{
    public const string SmallPath = "/s";
    public const string LargePath = "/l";

    /// <summary>The small answer again, under a path that Weir gives a plugin.</summary>
    public const string ComputingPath = "/c";

    /// <summary>nginx takes no token over 4 KB, so the large body is ten times this one.</summary>
    const int LargeTenthBytes = 1060;
    const int SmallBytes = 101;

    public static Launch Prepare(Site site)
    {
        var config = site.Write("upstream/nginx.conf", $$"""
            {{Nginx.Preamble(workers: 1)}}
            http {
                {{Nginx.HttpDefaults}}
                server {
                    listen 127.0.0.1:{{site.UpstreamPort}} reuseport backlog=4096;
                    location = {{SmallPath}} { return 200 "{{new string('s', SmallBytes)}}"; }
                    location = {{ComputingPath}} { return 200 "{{new string('c', SmallBytes)}}"; }
                    location = {{LargePath}} {
                        set $t "{{new string('l', LargeTenthBytes)}}";
                        return 200 "$t$t$t$t$t$t$t$t$t$t";
                    }
                }
            }
            """);
        var address = new Uri($"http://127.0.0.1:{site.UpstreamPort}{SmallPath}");
        return new("nginx", ["-p", Path.GetDirectoryName(config)!, "-c", config], site.UpstreamPort, address);
    }
}
