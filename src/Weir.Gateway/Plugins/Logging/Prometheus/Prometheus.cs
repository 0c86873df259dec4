using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Weir.Telemetry;

namespace Weir.Gateway.Plugins;

/// <summary>Counts the requests of its scope in Kong's metrics, under Kong's names, for dashboards that were made for them.</summary>
sealed class Prometheus : IPluginKind<Prometheus.Config>, IOnDone
{
    readonly Config _config;
    readonly KongMetrics _metrics;

    Prometheus(Config config, PluginContext context)
    {
        _config = config;
        _metrics = new KongMetrics(context.Get<MetricRegistry>());
        if (config.UpstreamHealthMetrics && context.Services.GetService(typeof(ITargetHealth)) is ITargetHealth health) _metrics.ObserveTargets(health);
    }

    public static string Name => "prometheus";
    public static string Summary => "Exposes metrics under the names that Kong uses, at /metrics of the status listener.";
    public static JsonTypeInfo<Config> ConfigType => PrometheusJson.Default.Config;

    public static IPlugin Create(Config config, PluginContext context) => new Prometheus(config, context);

    public static void Check(Config config, Problems problems)
    {
        if (config.WasmMetrics == true) problems.Add("wasm_metrics", "is not supported: there are no WebAssembly filters");
    }

    public void OnDone(Exchange exchange)
    {
        // As in Kong: without a service there is nothing to count by.
        if (exchange.Service is not { } service || exchange.Route is not { } route) return;
        var consumer = _config.PerConsumer && exchange.Consumer is { } caller ? caller.Username ?? caller.CustomId ?? caller.Id : "";
        if (_config.StatusCodeMetrics) _metrics.CountStatus(exchange, service.Label, route.Label, consumer);
        if (_config.BandwidthMetrics) _metrics.CountBytes(exchange, service.Label, route.Label, consumer);
        if (_config.LatencyMetrics) _metrics.ObserveLatencies(exchange, service.Label, route.Label);
    }

    /// <summary>Settings of prometheus.</summary>
    public sealed record Config
    {
        [Description("Metrics of calls to models (kong_ai_llm_…). Weir counts them always, whatever this says.")]
        public bool AiMetrics { get; init; }

        [Description("Count bytes: kong_bandwidth_bytes.")]
        public bool BandwidthMetrics { get; init; }

        [Description("Observe latencies: kong_kong_latency_ms, kong_upstream_latency_ms, kong_request_latency_ms.")]
        public bool LatencyMetrics { get; init; }

        [Description("Fill the consumer label of kong_http_requests_total and kong_bandwidth_bytes.")]
        public bool PerConsumer { get; init; }

        [Description("Count requests by status code: kong_http_requests_total.")]
        public bool StatusCodeMetrics { get; init; }

        [Description("Show the health of upstream targets: kong_upstream_target_health. One instance that asks for it shows all upstreams.")]
        public bool UpstreamHealthMetrics { get; init; }

        [Description("Metrics of WebAssembly filters; not supported.")]
        public bool? WasmMetrics { get; init; }
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(Prometheus.Config))]
sealed partial class PrometheusJson : JsonSerializerContext;
