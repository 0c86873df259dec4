using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Weir.Gateway.Tests;

/// <summary>An exchange in its done phase, with everything a record can show.</summary>
static class SettledExchange
{
    public static readonly DateTimeOffset StartedAt = new(2026, 3, 4, 5, 6, 7, 89, TimeSpan.Zero);

    public static Exchange Full(string target = "/orders/1?x=1&y=a%20b&x=2&flag&e=")
    {
        var exchange = Unrouted(target);
        var http = exchange.Http;
        http.Request.Headers["X-Multi"] = new(["a", "b"]);
        http.Request.Headers.Authorization = "Bearer s3cret";
        http.Request.Headers["proxy-authorization"] = "Basic s3cret";
        http.Response.StatusCode = 201;
        http.Response.Headers["Content-Type"] = "text/plain";
        http.Response.Headers.SetCookie = new(["a=1", "b=2"]);
        exchange.Source = AnswerSource.Upstream;
        exchange.Route = new EntityRef("r-1", "orders", [], Utf8("""{"id":"r-1","name":"orders"}"""));
        exchange.Service = new EntityRef("s-1", "orders-service", [], Utf8("""{"id":"s-1","host":"orders.internal"}"""));
        exchange.Upstream.Path = "/v1/orders/1";
        exchange.Upstream.Query = "?x=1";
        exchange.Authenticate(new Consumer("c-1", "alice", null, [], [], [], Utf8("""{"id":"c-1","username":"alice"}""")), new Credential("k-1", "c-1", null));
        exchange.Elapsed = TimeSpan.FromMilliseconds(15.9);
        exchange.UpstreamLatency = TimeSpan.FromMilliseconds(10.2);
        exchange.UpstreamReceive = TimeSpan.FromMilliseconds(3.1);
        exchange.UpstreamStatus = 200;
        exchange.AddTry(new UpstreamTry(IPAddress.Parse("10.0.0.1"), 8080, StartedAt.AddMilliseconds(1), TimeSpan.FromMilliseconds(2.5), "refused", 0));
        exchange.AddTry(new UpstreamTry(IPAddress.Parse("10.0.0.2"), 8081, StartedAt.AddMilliseconds(4), TimeSpan.FromMilliseconds(1), null, 200));
        exchange.RequestBytes = 321;
        exchange.ResponseBytes = 1234;
        return exchange;
    }

    /// <summary>What is known when no route matched.</summary>
    public static Exchange Unrouted(string target = "/nowhere")
    {
        var http = new DefaultHttpContext();
        http.Connection.LocalPort = 8000;
        http.Request.Protocol = "HTTP/1.1";
        http.Request.Headers.Host = "api.example:80";
        http.Response.StatusCode = 404;
        return new Exchange
        {
            Http = http,
            RequestId = "0123456789abcdef0123456789abcdef",
            StartedAt = StartedAt,
            ClientIp = IPAddress.Parse("192.0.2.7"),
            Method = "GET",
            RawTarget = target,
            Source = AnswerSource.Error,
            Elapsed = TimeSpan.FromMilliseconds(1.5),
        };
    }

    static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
