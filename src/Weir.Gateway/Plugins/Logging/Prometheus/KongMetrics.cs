using System.Globalization;
using Weir.Telemetry;

namespace Weir.Gateway.Plugins;

/// <summary>The metrics that Kong's plugin exports, name by name. Milliseconds are whole numbers there, and so they are here.</summary>
sealed class KongMetrics(MetricRegistry registry)
{
    static readonly double[] KongBuckets = [1, 2, 5, 7, 10, 15, 20, 30, 50, 75, 100, 200, 500, 750, 1000, 3000, 6000];
    static readonly double[] UpstreamBuckets = [25, 50, 80, 100, 250, 400, 700, 1000, 2000, 5000, 10000, 30000, 60000];
    static readonly string[] LatencyLabels = ["service", "route", "workspace"];
    static readonly string[] States = ["healthchecks_off", "healthy", "unhealthy", "dns_error"];
    static readonly string[] Codes = [.. Enumerable.Range(0, 600).Select(static code => code.ToString(CultureInfo.InvariantCulture))];

    readonly SeriesFamily<Counter> _requests = registry.Counter("kong_http_requests_total", "HTTP status codes per consumer/service/route in Kong",
        ["service", "route", "code", "source", "workspace", "consumer"]);

    readonly SeriesFamily<Counter> _bytes = registry.Counter("kong_bandwidth_bytes", "Total bandwidth (ingress/egress) throughput in bytes",
        ["service", "route", "direction", "workspace", "consumer"]);

    readonly SeriesFamily<Histogram> _kong = registry.Histogram("kong_kong_latency_ms",
        "Latency added by Kong and enabled plugins for each service/route in Kong", KongBuckets, 1, LatencyLabels);

    readonly SeriesFamily<Histogram> _upstream = registry.Histogram("kong_upstream_latency_ms",
        "Latency added by upstream response for each service/route in Kong", UpstreamBuckets, 1, LatencyLabels);

    readonly SeriesFamily<Histogram> _request = registry.Histogram("kong_request_latency_ms",
        "Total latency incurred during requests for each service/route in Kong", UpstreamBuckets, 1, LatencyLabels);

    /// <summary>Metrics of the node itself, which Kong exports whether or not a plugin is configured.</summary>
    public static void DeclareNode(MetricRegistry registry, ConnectionMetrics connections, Func<long> requests, string nodeId, string version)
    {
        registry.Observe(MetricType.Gauge, "kong_nginx_connections_total", "Number of connections by subsystem", ["node_id", "subsystem", "state"], seen =>
        {
            seen.Add(connections.Accepted, nodeId, "http", "accepted");
            seen.Add(connections.Open, nodeId, "http", "active");
            seen.Add(connections.Accepted, nodeId, "http", "handled");
            seen.Add(requests(), nodeId, "http", "total");
        });
        registry.Observe(MetricType.Gauge, "kong_nginx_requests_total", "Number of requests total", ["node_id", "subsystem"],
            seen => seen.Add(requests(), nodeId, "http"));
        registry.Observe(MetricType.Gauge, "kong_datastore_reachable", "Datastore reachable from Kong, 0 is unreachable", static () => 1);
        registry.Observe(MetricType.Gauge, "kong_node_info", "Kong Node metadata information", ["node_id", "version"], seen => seen.Add(1, nodeId, version));
    }

    public void CountStatus(Exchange exchange, string service, string route, string consumer)
    {
        var code = exchange.Http.Response.StatusCode;
        var label = (uint)code < Codes.Length ? Codes[code] : SeriesFamily<Counter>.Other;
        var source = exchange.Source == AnswerSource.Upstream ? "service" : "kong";
        _requests.With(service, route, label, source, LogSerializer.WorkspaceName, consumer).Add();
    }

    public void CountBytes(Exchange exchange, string service, string route, string consumer)
    {
        if (exchange.RequestBytes > 0) _bytes.With(service, route, "ingress", LogSerializer.WorkspaceName, consumer).Add(exchange.RequestBytes);
        if (exchange.ResponseBytes > 0) _bytes.With(service, route, "egress", LogSerializer.WorkspaceName, consumer).Add(exchange.ResponseBytes);
    }

    public void ObserveLatencies(Exchange exchange, string service, string route)
    {
        _request.With(service, route, LogSerializer.WorkspaceName).Observe((long)exchange.Elapsed.TotalMilliseconds);
        if (exchange.UpstreamLatency is { } upstream) _upstream.With(service, route, LogSerializer.WorkspaceName).Observe((long)upstream.TotalMilliseconds);
        _kong.With(service, route, LogSerializer.WorkspaceName).Observe((long)exchange.GatewayLatency.TotalMilliseconds);
    }

    /// <summary>One series per target and state, 1 for the state it is in. Once asked for it stays until the process ends, as in Kong.</summary>
    public void ObserveTargets(ITargetHealth health) => registry.Observe(MetricType.Gauge, "kong_upstream_target_health",
        "Health status of targets of upstream. States = healthchecks_off|healthy|unhealthy|dns_error, value is 1 when state is populated.",
        ["upstream", "target", "address", "state", "subsystem"], seen =>
        {
            foreach (var (upstream, target, address, now) in health.Now())
                foreach (var state in States)
                    seen.Add(state == now ? 1 : 0, upstream, target, address, state, "http");
        });
}
