using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Weir.Gateway;

/// <summary>Headers that the gateway itself puts on answers: who it is, how long it took, which request it was (Kong's <c>headers</c> setting).</summary>
sealed class ResponseHeaders(ResponseHeaderSet enabled, bool allowDebug = false)
{
    static readonly string[] SmallNumbers = [.. Enumerable.Range(0, 1000).Select(n => n.ToString(CultureInfo.InvariantCulture))];

    public void Apply(Passage passage)
    {
        var exchange = passage.Exchange;
        var headers = passage.Http.Response.Headers;
        var elapsed = Stopwatch.GetElapsedTime(passage.StartedTicks);
        if (exchange.Source == AnswerSource.Upstream)
        {
            if (enabled.HasFlag(ResponseHeaderSet.Via)) AppendVia(headers);
            if (enabled.HasFlag(ResponseHeaderSet.UpstreamLatency) && exchange.UpstreamLatency is { } upstream)
                headers["X-Kong-Upstream-Latency"] = Text(upstream);
            if (enabled.HasFlag(ResponseHeaderSet.ProxyLatency)) headers["X-Kong-Proxy-Latency"] = Text(elapsed - (exchange.UpstreamLatency ?? default));
        }
        else
        {
            if (enabled.HasFlag(ResponseHeaderSet.Server)) headers.Server = Product.Token;
            if (enabled.HasFlag(ResponseHeaderSet.ResponseLatency)) headers["X-Kong-Response-Latency"] = Text(elapsed);
        }
        if (enabled.HasFlag(ResponseHeaderSet.UpstreamStatus) && exchange.UpstreamStatus > 0) headers["X-Kong-Upstream-Status"] = Text(exchange.UpstreamStatus);
        if (enabled.HasFlag(ResponseHeaderSet.RequestId)) headers["X-Kong-Request-Id"] = exchange.RequestId;
        if (allowDebug && passage.Http.Request.Headers["Kong-Debug"] is ["1"]) NameEntities(exchange, headers);
    }

    static void NameEntities(Exchange exchange, IHeaderDictionary headers)
    {
        if (exchange.Route is { } route) Name("Route", route);
        if (exchange.Service is { } service) Name("Service", service);

        void Name(string kind, EntityRef entity)
        {
            headers[$"Kong-{kind}-Id"] = entity.Id;
            if (entity.Name is { } name) headers[$"Kong-{kind}-Name"] = name;
        }
    }

    static void AppendVia(IHeaderDictionary headers)
    {
        var via = headers.Via;
        headers.Via = via.Count == 0 ? Product.Via : $"{via}, {Product.Via}";
    }

    static string Text(TimeSpan time) => Text((int)Math.Clamp(time.TotalMilliseconds, 0, int.MaxValue));

    static string Text(int number) => (uint)number < SmallNumbers.Length ? SmallNumbers[number] : number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Which of the gateway's own headers answers carry.</summary>
[Flags]
enum ResponseHeaderSet
{
    None = 0,
    Server = 1,
    Via = 2,
    ProxyLatency = 4,
    UpstreamLatency = 8,
    ResponseLatency = 16,
    UpstreamStatus = 32,
    RequestId = 64,
    ServerTokens = Server | Via,
    LatencyTokens = ProxyLatency | UpstreamLatency | ResponseLatency,
    Default = ServerTokens | LatencyTokens | RequestId,
}

/// <summary>How the gateway names itself. Clients and tools of Kong parse the form <c>kong/x.y.z</c>.</summary>
static class Product
{
    public const string Token = "kong/3.9.0-weir";
    public const string Via = "1.1 " + Token;
}
