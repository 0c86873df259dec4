using Weir.Gateway.Plugins;

namespace Weir.Gateway.Tests.Plugins;

public class PrometheusTests
{
    readonly LoggingHouse _house = new();

    [Fact]
    public void Exports_nothing_unless_asked()
    {
        Create("{}").OnDone(SettledExchange.Full());
        Assert.DoesNotContain("kong_", MetricsPage.Of(_house.Registry));
    }

    [Fact]
    public void Takes_the_metrics_of_models_as_they_are_counted_anyway()
    {
        var problems = new Problems();
        Prometheus.Check(new Prometheus.Config { AiMetrics = true }, problems);
        Assert.Empty(problems.Warnings);
        Assert.Empty(problems.Found);
    }

    [Fact]
    public void Counts_status_codes()
    {
        var plugin = Create("""{ "status_code_metrics": true }""");
        plugin.OnDone(SettledExchange.Full());
        var refused = SettledExchange.Full();
        refused.Source = AnswerSource.Exit;
        refused.Http.Response.StatusCode = 429;
        plugin.OnDone(refused);
        const string labels = "service=\"orders-service\",route=\"orders\"";
        Assert.Equal(
            $$"""
            kong_http_requests_total{{{labels}},code="201",source="service",workspace="default",consumer=""} 1
            kong_http_requests_total{{{labels}},code="429",source="kong",workspace="default",consumer=""} 1
            """.ReplaceLineEndings("\n").Split('\n').Order(), Kong());
    }

    [Fact]
    public void Counts_bytes_both_ways()
    {
        Create("""{ "bandwidth_metrics": true }""").OnDone(SettledExchange.Full());
        const string labels = "service=\"orders-service\",route=\"orders\"";
        Assert.Equal(
            [
                $"kong_bandwidth_bytes{{{labels},direction=\"egress\",workspace=\"default\",consumer=\"\"}} 1234",
                $"kong_bandwidth_bytes{{{labels},direction=\"ingress\",workspace=\"default\",consumer=\"\"}} 321",
            ], Kong());
    }

    [Fact]
    public void Fills_the_consumer_label_when_asked()
    {
        var plugin = Create("""{ "status_code_metrics": true, "bandwidth_metrics": true, "per_consumer": true }""");
        plugin.OnDone(SettledExchange.Full());
        Assert.All(Kong(), line => Assert.Contains("consumer=\"alice\"", line));
    }

    [Fact]
    public void Observes_latencies_in_whole_milliseconds_with_kongs_buckets()
    {
        Create("""{ "latency_metrics": true }""").OnDone(SettledExchange.Full());
        var page = Kong();
        const string labels = "service=\"orders-service\",route=\"orders\",workspace=\"default\"";
        Assert.Contains($"kong_kong_latency_ms_sum{{{labels}}} 2", page);
        Assert.Contains($"kong_upstream_latency_ms_sum{{{labels}}} 10", page);
        Assert.Contains($"kong_request_latency_ms_sum{{{labels}}} 15", page);
        Assert.Contains($"kong_kong_latency_ms_bucket{{{labels},le=\"1\"}} 0", page);
        Assert.Contains($"kong_kong_latency_ms_bucket{{{labels},le=\"2\"}} 1", page);
        Assert.Contains($"kong_kong_latency_ms_bucket{{{labels},le=\"6000\"}} 1", page);
        Assert.Contains($"kong_request_latency_ms_bucket{{{labels},le=\"25\"}} 1", page);
        Assert.Contains($"kong_request_latency_ms_bucket{{{labels},le=\"+Inf\"}} 1", page);
    }

    [Fact]
    public void A_request_that_never_went_upstream_has_no_upstream_latency()
    {
        var exchange = SettledExchange.Full();
        exchange.UpstreamLatency = null;
        Create("""{ "latency_metrics": true }""").OnDone(exchange);
        Assert.DoesNotContain(Kong(), line => line.StartsWith("kong_upstream"));
    }

    [Fact]
    public void Requests_without_a_service_are_not_counted()
    {
        Create("""{ "status_code_metrics": true, "bandwidth_metrics": true, "latency_metrics": true }""").OnDone(SettledExchange.Unrouted());
        Assert.Empty(Kong());
    }

    [Fact]
    public void Shows_the_health_of_targets_when_asked()
    {
        var context = _house.Context(new TwoTargets());
        PluginHarness.Create<Prometheus, Prometheus.Config>("{}", context);
        Assert.Empty(Kong());
        PluginHarness.Create<Prometheus, Prometheus.Config>("""{ "upstream_health_metrics": true }""", context);
        PluginHarness.Create<Prometheus, Prometheus.Config>("""{ "upstream_health_metrics": true }""", context);
        var page = Kong();
        Assert.Equal(8, page.Count);
        const string up = "kong_upstream_target_health{upstream=\"orders\",target=\"a:80\",address=\"10.0.0.1:80\",";
        Assert.Contains(up + "state=\"healthy\",subsystem=\"http\"} 1", page);
        Assert.Contains(up + "state=\"unhealthy\",subsystem=\"http\"} 0", page);
        Assert.Contains("kong_upstream_target_health{upstream=\"orders\",target=\"b:80\",address=\"\",state=\"dns_error\",subsystem=\"http\"} 1", page);
    }

    [Fact]
    public void Shows_the_node_itself()
    {
        var connections = new ConnectionMetrics(_house.Registry);
        connections.Opened();
        KongMetrics.DeclareNode(_house.Registry, connections, static () => 7, "node-1", "3.9.0");
        var page = Kong();
        Assert.Contains("kong_nginx_connections_total{node_id=\"node-1\",subsystem=\"http\",state=\"active\"} 1", page);
        Assert.Contains("kong_nginx_requests_total{node_id=\"node-1\",subsystem=\"http\"} 7", page);
        Assert.Contains("kong_node_info{node_id=\"node-1\",version=\"3.9.0\"} 1", page);
        Assert.Contains("kong_datastore_reachable 1", page);
    }

    [Fact]
    public async Task Counts_what_passes_the_pipeline()
    {
        await new PluginHarness(Create("""{ "status_code_metrics": true, "ai_metrics": true }""")).GetAsync("/");
        Assert.StartsWith("kong_http_requests_total{service=\"orders\",route=\"orders-route\",code=\"200\",source=\"service\"", Assert.Single(Kong()));
    }

    [Fact]
    public void Reports_metrics_of_web_assembly_filters() =>
        Assert.Equal("wasm_metrics", Assert.Single(PluginHarness.Check<Prometheus, Prometheus.Config>("""{ "wasm_metrics": true }""")).Field);

    Prometheus Create(string config) => _house.Create<Prometheus, Prometheus.Config>(config);

    List<string> Kong() => [.. MetricsPage.Of(_house.Registry).Split('\n').Where(line => line.StartsWith("kong_")).Order(StringComparer.Ordinal)];

    sealed class TwoTargets : ITargetHealth
    {
        public IEnumerable<TargetState> Now() => [new("orders", "a:80", "10.0.0.1:80", "healthy"), new("orders", "b:80", "", "dns_error")];
    }
}
