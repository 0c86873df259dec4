using System.Net;
using System.Security.Authentication;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace Weir.Telemetry.Tests;

public class AccessLineTests
{
    readonly AccessLine _line = new();

    [Fact]
    public void Json_has_every_field()
    {
        Assert.Equal(
            """
            {"time":"2026-03-04T05:06:07.089Z","request_id":"0123456789abcdef0123456789abcdef","client_ip":"192.0.2.7","method":"GET","scheme":"http",
            "host":"api.example:8000","path":"/orders/1","query":"x=1&y=ä","protocol":"HTTP/1.1","user_agent":"curl/8","tls":"TLSv1.3","status":201,
            "source":"upstream","bytes":1234,"request_bytes":56,"route":"orders","service":"s-1","consumer":"alice","gateway_ms":0.250,"upstream_ms":10.000,
            "total_ms":12.250,"tries":2,"upstream":"10.0.0.2:8080","upstream_status":200}
            """.ReplaceLineEndings("") + "\n", Json(Full()));
    }

    [Fact]
    public void Json_leaves_out_what_is_not_known()
    {
        var exchange = New();
        exchange.Source = AnswerSource.Error;
        exchange.Http.Response.StatusCode = 404;
        using var json = JsonDocument.Parse(Json(exchange));
        Assert.Equal(
            ["time", "request_id", "client_ip", "method", "scheme", "path", "protocol", "status", "source", "bytes", "request_bytes", "gateway_ms", "total_ms"],
            json.RootElement.EnumerateObject().Select(p => p.Name));
    }

    [Fact]
    public void Json_without_the_query_when_told_so() => Assert.DoesNotContain("x=1", Encoding.UTF8.GetString(_line.Json(Full(), logsQuery: false)));

    [Theory]
    [InlineData("a\"b\\c")]
    [InlineData("a\nb\u0001\u007f")]
    [InlineData("\u2028 </script>")]
    [InlineData("\ud800 lone surrogate")]
    public void Json_stays_one_valid_line_whatever_the_client_sends(string sent)
    {
        var exchange = New();
        exchange.Http.Request.Headers.UserAgent = sent;
        exchange.RawTarget = "/" + sent;
        var line = Json(exchange);
        Assert.Equal(line.Length - 1, line.IndexOf('\n'));
        using var json = JsonDocument.Parse(line);
        if (sent[0] < 0xd800) Assert.Equal(sent, json.RootElement.GetProperty("user_agent").GetString());
    }

    [Fact]
    public void Text_is_the_combined_format_and_more() => Assert.Equal(
        "192.0.2.7 - alice [04/Mar/2026:05:06:07 +0000] \"GET /orders/1?x=1&y=ä HTTP/1.1\" 201 1234 \"http://from/\" \"curl/8\" "
        + "0123456789abcdef0123456789abcdef orders s-1 12.250 10.000 0.250\n", Text(Full()));

    [Fact]
    public void Text_shows_a_dash_for_what_is_not_known() => Assert.Equal(
        "192.0.2.7 - - [04/Mar/2026:05:06:07 +0000] \"GET /orders/1?x=1&y=ä HTTP/1.1\" 200 0 \"-\" \"-\" 0123456789abcdef0123456789abcdef - - 0.000 - 0.000\n",
        Text(New(target: "/orders/1?x=1&y=ä")));

    [Fact]
    public void Text_cannot_be_forged_by_a_client()
    {
        var exchange = New();
        exchange.Http.Request.Headers.UserAgent = "x\" 200 \"\n1.2.3.4 - \\";
        exchange.Route = new EntityRef("r", "my route", [], ReadOnlyMemory<byte>.Empty);
        Assert.EndsWith("\"x\\x22 200 \\x22\\x0A1.2.3.4 - \\x5C\" 0123456789abcdef0123456789abcdef my\\x20route - 0.000 - 0.000\n", Text(exchange));
    }

    [Fact]
    public void Neither_form_shows_a_secret_header()
    {
        var exchange = Full();
        foreach (var name in (string[])["Authorization", "Proxy-Authorization", "Cookie", "apikey", "X-Api-Key"])
            exchange.Http.Request.Headers[name] = "s3cret";
        Assert.DoesNotContain("s3cret", Json(exchange));
        Assert.DoesNotContain("s3cret", Text(exchange));
    }

    [Fact]
    public void A_line_allocates_nothing()
    {
        var exchange = Full();
        Assert.Equal(0, Allocation.LeastBytes(() =>
        {
            for (var i = 0; i < 100; i++)
            {
                _line.Json(exchange, true);
                _line.Text(exchange, true);
            }
        }));
    }

    [Fact]
    public void Writes_ipv6_upstreams_in_brackets()
    {
        var exchange = New();
        exchange.AddTry(new UpstreamTry(IPAddress.Parse("2001:db8::1"), 443, default, default, "refused", 0));
        Assert.Contains("\"tries\":1,\"upstream\":\"[2001:db8::1]:443\"}", Json(exchange));
    }

    string Json(Exchange exchange) => Encoding.UTF8.GetString(_line.Json(exchange, logsQuery: true));

    string Text(Exchange exchange) => Encoding.UTF8.GetString(_line.Text(exchange, logsQuery: true));

    static Exchange New(string target = "/") => new()
    {
        Http = new DefaultHttpContext { Request = { Protocol = "HTTP/1.1" } },
        RequestId = "0123456789abcdef0123456789abcdef",
        StartedAt = new DateTimeOffset(2026, 3, 4, 5, 6, 7, 89, TimeSpan.Zero).AddTicks(1234),
        ClientIp = IPAddress.Parse("192.0.2.7"),
        Method = "GET",
        RawTarget = target,
    };

    static Exchange Full()
    {
        var exchange = New("/orders/1?x=1&y=ä");
        var headers = exchange.Http.Request.Headers;
        headers.Host = "api.example:8000";
        headers.UserAgent = "curl/8";
        headers.Referer = "http://from/";
        exchange.Http.Features.Set<ITlsHandshakeFeature>(new Handshake());
        exchange.Http.Response.StatusCode = 201;
        exchange.Source = AnswerSource.Upstream;
        exchange.Route = new EntityRef("r-1", "orders", [], ReadOnlyMemory<byte>.Empty);
        exchange.Service = new EntityRef("s-1", null, [], ReadOnlyMemory<byte>.Empty);
        exchange.Authenticate(new Consumer("c-1", "alice", null, [], [], [], default), null);
        exchange.Elapsed = TimeSpan.FromMilliseconds(12.25);
        exchange.UpstreamLatency = TimeSpan.FromMilliseconds(10);
        exchange.UpstreamReceive = TimeSpan.FromMilliseconds(2);
        exchange.AddTry(new UpstreamTry(IPAddress.Parse("10.0.0.1"), 8080, default, default, "refused", 0));
        exchange.AddTry(new UpstreamTry(IPAddress.Parse("10.0.0.2"), 8080, default, default, null, 200));
        exchange.UpstreamStatus = 200;
        exchange.ResponseBytes = 1234;
        exchange.RequestBytes = 56;
        return exchange;
    }

    // The feature still has the members that SslStream no longer wants used.
#pragma warning disable SYSLIB0058
    sealed class Handshake : ITlsHandshakeFeature
    {
        public SslProtocols Protocol => SslProtocols.Tls13;
        public CipherAlgorithmType CipherAlgorithm => default;
        public int CipherStrength => 0;
        public HashAlgorithmType HashAlgorithm => default;
        public int HashStrength => 0;
        public ExchangeAlgorithmType KeyExchangeAlgorithm => default;
        public int KeyExchangeStrength => 0;
    }
#pragma warning restore SYSLIB0058
}
