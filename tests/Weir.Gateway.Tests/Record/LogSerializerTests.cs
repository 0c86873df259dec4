using System.Net.Security;
using System.Security.Authentication;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Connections.Features;

namespace Weir.Gateway.Tests.Record;

public class LogSerializerTests
{
    [Fact]
    public void Has_the_shape_that_tools_of_Kong_read()
    {
        const string expected = """
            {"request":{"id":"0123456789abcdef0123456789abcdef","uri":"/orders/1?x=1&y=a%20b&x=2&flag&e=",
            "url":"http://api.example:8000/orders/1?x=1&y=a%20b&x=2&flag&e=","querystring":{"x":["1","2"],"y":"a b","flag":true,"e":""},"method":"GET",
            "headers":{"host":"api.example:80","x-multi":["a","b"],"authorization":"REDACTED","proxy-authorization":"REDACTED"},"size":321},
            "upstream_uri":"/v1/orders/1?x=1","upstream_status":"200",
            "response":{"status":201,"headers":{"content-type":"text/plain","set-cookie":["a=1","b=2"]},"size":1234},
            "latencies":{"kong":2,"proxy":10,"request":15,"receive":3},
            "tries":[{"ip":"10.0.0.1","port":8080,"balancer_start":1772600767090,"balancer_start_ns":1772600767090000000,"balancer_latency":2,
            "balancer_latency_ns":2500000,"state":"failed"},
            {"ip":"10.0.0.2","port":8081,"balancer_start":1772600767093,"balancer_start_ns":1772600767093000000,"balancer_latency":1,
            "balancer_latency_ns":1000000}],
            "authenticated_entity":{"id":"k-1","consumer_id":"c-1"},"route":{"id":"r-1","name":"orders"},"service":{"id":"s-1","host":"orders.internal"},
            "consumer":{"id":"c-1","username":"alice"},"client_ip":"192.0.2.7","started_at":1772600767089,"source":"upstream",
            "workspace":"0dc6f45b-8f8d-40d2-a504-473544ee190b","workspace_name":"default"}
            """;
        Assert.Equal(expected.ReplaceLineEndings("") + "\n", Line(SettledExchange.Full()));
    }

    [Fact]
    public void Leaves_out_what_a_request_without_a_route_does_not_have()
    {
        using var json = JsonDocument.Parse(Line(SettledExchange.Unrouted()));
        var root = json.RootElement;
        Assert.Equal(
            ["request", "upstream_uri", "upstream_status", "response", "latencies", "client_ip", "started_at", "source", "workspace", "workspace_name"],
            root.EnumerateObject().Select(p => p.Name));
        Assert.Equal(-1, root.GetProperty("latencies").GetProperty("proxy").GetInt32());
        Assert.Equal("", root.GetProperty("upstream_uri").GetString());
        Assert.Equal("error", root.GetProperty("source").GetString());
        Assert.Equal("{}", root.GetProperty("request").GetProperty("querystring").GetRawText());
    }

    [Fact]
    public void Puts_a_field_together_when_the_record_is_read_and_not_before()
    {
        var made = 0;
        var exchange = SettledExchange.Full();
        exchange.AddLog("ai", "1"u8.ToArray());
        exchange.AddLog("ai", () => Encoding.UTF8.GetBytes($"[{++made}]"));
        Assert.Equal(0, made);
        Assert.Contains("\"ai\":[1],", Line(exchange));
        Assert.Contains("\"ai\":[1],", Line(exchange));
        exchange.AddLog("ai", static () => throw new InvalidOperationException("Nobody reads it."));
        exchange.AddLog("ai", "2"u8.ToArray());
        Assert.Contains("\"ai\":2,", Line(exchange));
    }

    [Fact]
    public void Describes_tls()
    {
        var exchange = SettledExchange.Full();
        exchange.Http.Features.Set<ITlsHandshakeFeature>(new Handshake());
        using var json = JsonDocument.Parse(Line(exchange));
        Assert.Equal(
            """{"version":"TLSv1.2","cipher":"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384","client_verify":"NONE"}""",
            json.RootElement.GetProperty("request").GetProperty("tls").GetRawText());
    }

    [Theory]
    [InlineData("Authorization")]
    [InlineData("AUTHORIZATION")]
    [InlineData("Proxy-Authorization")]
    public void Never_shows_credentials(string header)
    {
        var exchange = SettledExchange.Unrouted();
        exchange.Http.Request.Headers[header] = new(["Bearer s3cret", "Basic s3cret"]);
        var line = Line(exchange);
        Assert.DoesNotContain("s3cret", line);
        Assert.Contains($"\"{header.ToLowerInvariant()}\":\"REDACTED\"", line);
    }

    [Theory]
    [InlineData("[::1]:8000", "http://[::1]:8000/")]
    [InlineData("[::1]", "http://[::1]:8000/")]
    [InlineData("a.example", "http://a.example:8000/")]
    [InlineData("", "http://:8000/")]
    public void The_url_has_the_host_without_its_port_and_the_listeners_port(string host, string url)
    {
        var exchange = SettledExchange.Unrouted("/");
        exchange.Http.Request.Headers.Host = host;
        using var json = JsonDocument.Parse(Line(exchange));
        Assert.Equal(url, json.RootElement.GetProperty("request").GetProperty("url").GetString());
    }

    [Theory]
    [InlineData("/?a=%zz&b=%e4&c=+&=x&&d")]
    [InlineData("/?")]
    [InlineData("/\"\\\n\u0001?\"=\\")]
    [InlineData("/\ud800")]
    public void Stays_one_line_of_valid_json_whatever_the_client_sends(string target)
    {
        var exchange = SettledExchange.Unrouted(target);
        exchange.Http.Request.Headers["x-weird"] = "\"\\\u0001é";
        var line = Line(exchange);
        Assert.Equal(line.Length - 1, line.IndexOf('\n'));
        using var json = JsonDocument.Parse(line);
        Assert.Equal("\"\\\u0001é", json.RootElement.GetProperty("request").GetProperty("headers").GetProperty("x-weird").GetString());
    }

    [Fact]
    public void Logs_at_most_a_hundred_headers_and_arguments()
    {
        var exchange = SettledExchange.Unrouted("/?" + string.Join('&', Enumerable.Range(0, 150).Select(i => $"a{i}={i}")));
        for (var i = 0; i < 150; i++) exchange.Http.Request.Headers[$"x-{i}"] = "1";
        using var json = JsonDocument.Parse(Line(exchange));
        var request = json.RootElement.GetProperty("request");
        Assert.Equal(100, request.GetProperty("headers").EnumerateObject().Count());
        Assert.Equal(100, request.GetProperty("querystring").EnumerateObject().Count());
    }

    static string Line(Exchange exchange) => Encoding.UTF8.GetString(LogSerializer.SerializeLine(exchange));

    // The feature still has the members that SslStream no longer wants used.
#pragma warning disable SYSLIB0058
    sealed class Handshake : ITlsHandshakeFeature
    {
        public SslProtocols Protocol => SslProtocols.Tls12;
        public TlsCipherSuite? NegotiatedCipherSuite => TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384;
        public CipherAlgorithmType CipherAlgorithm => default;
        public int CipherStrength => 0;
        public HashAlgorithmType HashAlgorithm => default;
        public int HashStrength => 0;
        public ExchangeAlgorithmType KeyExchangeAlgorithm => default;
        public int KeyExchangeStrength => 0;
    }
#pragma warning restore SYSLIB0058
}
