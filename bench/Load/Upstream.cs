namespace Weir.Bench.Load;

/// <summary>The server behind every gateway: one nginx process that answers from memory.</summary>
static class Upstream
{
    public static readonly Request Small = new("/s");
    public static readonly Request Large = new("/l");

    /// <summary>The small answer again, under a path that Weir gives a plugin.</summary>
    public static readonly Request Computing = new("/c");

    /// <summary>nginx takes no token over 4 KB, so the large body is ten times this one.</summary>
    const int LargeTenthBytes = 1060;
    const int SmallBytes = 101;

    /// <summary>A model's whole answer, about 600 bytes.</summary>
    const string Answer = """
        {"id":"chatcmpl-9f2c","object":"chat.completion","created":1763600000,"model":"gpt-4o-2024-08-06","choices":[{"index":0,"message":{"role":"assistant",
        "content":"A weir is a low barrier across a river: it keeps the level, measures the flow and lets the water through.","refusal":null},"logprobs":null,
        "finish_reason":"stop"}],"usage":{"prompt_tokens":251,"completion_tokens":24,"total_tokens":275,"prompt_tokens_details":{"cached_tokens":0},
        "completion_tokens_details":{"reasoning_tokens":0}},"service_tier":"default","system_fingerprint":"fp_2f4c"}
        """;

    public static Launch Prepare(Site site)
    {
        var config = site.Write("upstream/nginx.conf", $$"""
            {{Nginx.Preamble(workers: 1)}}
            http {
                {{Nginx.HttpDefaults}}
                server {
                    listen 127.0.0.1:{{site.UpstreamPort}} reuseport backlog=4096;
                    location = {{Small.Path}} { return 200 "{{new string('s', SmallBytes)}}"; }
                    location = {{Computing.Path}} { return 200 "{{new string('c', SmallBytes)}}"; }
                    location /v1/ {
                        default_type application/json;
                        client_max_body_size 4m;
                        return 200 '{{Answer}}';
                    }
                    location = {{Large.Path}} {
                        set $t "{{new string('l', LargeTenthBytes)}}";
                        return 200 "$t$t$t$t$t$t$t$t$t$t";
                    }
                }
            }
            """);
        var address = new Uri($"http://127.0.0.1:{site.UpstreamPort}{Small.Path}");
        return new("nginx", ["-p", Path.GetDirectoryName(config)!, "-c", config], site.UpstreamPort, address);
    }
}
