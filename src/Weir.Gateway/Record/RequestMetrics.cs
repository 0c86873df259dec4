using Weir.Telemetry;

namespace Weir.Gateway;

/// <summary>The metrics that every request is counted in, whether or not a plugin asks for any.</summary>
sealed class RequestMetrics
{
    static readonly string[] RouteAndService = ["route", "service"];

    // Weir's own part is tens of microseconds; an upstream's is milliseconds to minutes.
    static readonly double[] GatewaySeconds = [.00005, .0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 5];
    static readonly double[] UpstreamSeconds = [.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60];

    readonly RouteSeries _unrouted;

    public RequestMetrics(MetricRegistry registry)
    {
        Requests = registry.Counter("weir_http_requests_total",
            "Requests by status code and by who answered: the upstream, a plugin (exit) or the gateway (error).", ["route", "service", "code", "source"]);
        GatewayTime = registry.Histogram("weir_http_gateway_duration_seconds",
            "The gateway's own part of requests.", GatewaySeconds, TimeSpan.TicksPerSecond, RouteAndService);
        UpstreamTime = registry.Histogram("weir_http_upstream_duration_seconds",
            "From sending a request upstream to the first byte of the answer, all tries.", UpstreamSeconds, TimeSpan.TicksPerSecond, RouteAndService);
        TotalTime = registry.Histogram("weir_http_request_duration_seconds",
            "From the request's head to the answer's last byte.", UpstreamSeconds, TimeSpan.TicksPerSecond, RouteAndService);
        RequestBytes = registry.Counter("weir_http_request_bytes_total", "Bytes of requests.", RouteAndService);
        ResponseBytes = registry.Counter("weir_http_response_bytes_total", "Bytes of the bodies of answers.", RouteAndService);
        _unrouted = new RouteSeries(this, "", "");
    }

    public SeriesFamily<Counter> Requests { get; }
    public SeriesFamily<Histogram> GatewayTime { get; }
    public SeriesFamily<Histogram> UpstreamTime { get; }
    public SeriesFamily<Histogram> TotalTime { get; }
    public SeriesFamily<Counter> RequestBytes { get; }
    public SeriesFamily<Counter> ResponseBytes { get; }

    /// <summary>Requests since the start, those of routes that are gone left out.</summary>
    public long Count() => Requests.All.Sum(static counter => counter.Value);

    /// <summary>Drops the series of routes that the configuration no longer has.</summary>
    public void KeepOnly(IReadOnlySet<string> routes)
    {
        Requests.Forget(IsGone);
        GatewayTime.Forget(IsGone);
        UpstreamTime.Forget(IsGone);
        TotalTime.Forget(IsGone);
        RequestBytes.Forget(IsGone);
        ResponseBytes.Forget(IsGone);

        bool IsGone(string[] labels) => labels[0].Length > 0 && !routes.Contains(labels[0]);
    }

    /// <summary>The series of a route; those with empty labels for requests that no route matched.</summary>
    public RouteSeries SeriesOf(Route? route)
    {
        if (route is null) return _unrouted;
        // Two threads may both create it: they find the same series in the registry, and either object will do.
        return route.Series ??= new RouteSeries(this, route.Entity.Label, route.Service?.Entity.Label ?? "");
    }
}
