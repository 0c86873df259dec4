using System.Globalization;
using Weir.Telemetry;

namespace Weir.Gateway;

/// <summary>The metrics of one route, found once, so that recording a request is a handful of atomic additions.</summary>
sealed class RouteSeries(RequestMetrics metrics, string route, string service)
{
    const int CodeMin = 100;
    const int CodeMax = 599;

    readonly Histogram _gateway = metrics.GatewayTime.With(route, service);
    readonly Histogram _upstream = metrics.UpstreamTime.With(route, service);
    readonly Histogram _total = metrics.TotalTime.With(route, service);
    readonly Counter _requestBytes = metrics.RequestBytes.With(route, service);
    readonly Counter _responseBytes = metrics.ResponseBytes.With(route, service);

    /// <summary>One entry per status and source that this route has had; replaced as a whole when there is a new one. A route has a handful.</summary>
    (int Key, Counter Counter)[] _requests = [];

    public void Record(Exchange exchange)
    {
        // Which core this is need not be asked for every number: a stale answer costs a little contention and no count.
        var stripe = Stripes.Current;
        Requests(exchange.Http.Response.StatusCode, exchange.Source).Add(1, stripe);
        _gateway.Observe(exchange.GatewayLatency.Ticks, stripe);
        if (exchange.UpstreamLatency is { } upstream) _upstream.Observe(upstream.Ticks, stripe);
        _total.Observe(exchange.Elapsed.Ticks, stripe);
        if (exchange.RequestBytes > 0) _requestBytes.Add(exchange.RequestBytes, stripe);
        if (exchange.ResponseBytes > 0) _responseBytes.Add(exchange.ResponseBytes, stripe);
    }

    Counter Requests(int code, AnswerSource source)
    {
        var key = (code << 2) | (int)source;
        foreach (var (known, counter) in _requests)
            if (known == key) return counter;
        return AddRequests(key, code, source);
    }

    Counter AddRequests(int key, int code, AnswerSource source)
    {
        // An upstream may invent status codes; those outside HTTP's classes share one series.
        var label = code is >= CodeMin and <= CodeMax ? code.ToString(CultureInfo.InvariantCulture) : SeriesFamily<Counter>.Other;
        if (label == SeriesFamily<Counter>.Other) key = (int)source;
        var counter = metrics.Requests.With(route, service, label, AnswerSources.Label(source));
        // A lost race loses an entry of the cache, no count: it is found again next time.
        if (!Array.Exists(_requests, entry => entry.Key == key)) _requests = [.. _requests, (key, counter)];
        return counter;
    }
}
