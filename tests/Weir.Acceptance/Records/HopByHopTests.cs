using System.Text.Json.Nodes;
using Weir.Server;

namespace Weir.Acceptance;

/// <summary>Headers that end at the gateway, and those that must not.</summary>
public sealed class HopByHopTests : IAsyncLifetime
{
    MockServer _mock = null!;
    TestGateway _gateway = null!;

    public async ValueTask InitializeAsync()
    {
        _mock = new MockServer("127.0.0.1:0", TimeProvider.System);
        await _mock.StartAsync(CancellationToken.None);
        _gateway = await TestGateway.StartAsync($$"""
            _format_version: "3.0"
            services:
            - name: echo
              url: {{_mock.Address}}
              routes:
              - { name: plain, paths: [/plain], strip_path: false }
              - name: authorized
                paths: [/authorized]
                strip_path: false
                plugins:
                - name: request-transformer
                  config: { add: { headers: ["Proxy-Authorization:Basic set"] }, replace: { headers: ["Proxy-Authorization:Basic set"] } }
            """);
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _mock.DisposeAsync();
    }

    [Theory]
    [InlineData("Connection: X-Named\r\nX-Named: 1", "X-Named")]
    [InlineData("Connection: X-Named, x-other\r\nX-Named: 1\r\nX-Other: 2", "X-Named X-Other")]
    [InlineData("Connection: close, X-Named\r\nX-Named: 1", "X-Named")]
    [InlineData("Connection: X-Named, close\r\nX-Named: 1", "X-Named")]
    [InlineData("Connection: CLOSE,x-named\r\nX-Named: 1", "X-Named")]
    [InlineData("Connection: keep-alive, X-Named\r\nX-Named: 1", "X-Named")]
    [InlineData("Connection: , keep-alive ,, X-Named ,\r\nX-Named: 1", "X-Named")]
    [InlineData("Connection: Upgrade, X-Named\r\nX-Named: 1", "X-Named")]
    [InlineData("Connection: close,\tX-Named\r\nX-Named: 1", "X-Named")]
    [InlineData("Connection: close\r\nConnection: X-Named\r\nX-Named: 1", "X-Named")]
    [InlineData("Connection: X-Named\r\nConnection: keep-alive\r\nX-Named: 1", "X-Named")]
    [InlineData("Connection: keep-alive, close, upgrade, X-Named\r\nX-Named: 1", "X-Named")]
    [InlineData("Connection: TE, close, Authorization\r\nAuthorization: Basic x\r\nTE: gzip", "TE Authorization")]
    [InlineData("Keep-Alive: timeout=5", "Keep-Alive")]
    [InlineData("Proxy: x", "Proxy")]
    [InlineData("Proxy-Connection: keep-alive", "Proxy-Connection")]
    [InlineData("TE: gzip", "TE")]
    [InlineData("Trailer: X-Sum", "Trailer")]
    [InlineData("Upgrade: h2c", "Upgrade")]
    [InlineData("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk", "Upgrade HTTP2-Settings")]
    [InlineData("Proxy-Authorization: Basic abc", "Proxy-Authorization")]
    [InlineData("Expect: 100-continue\r\nContent-Length: 0", "Expect")]
    public async Task End_at_the_gateway(string sent, string gone)
    {
        var seen = await SeenAsync("/plain", sent);
        foreach (var name in gone.Split(' ')) Assert.Null(seen[name]);
    }

    [Theory]
    [InlineData("Connection: close, X-Named", true)]
    [InlineData("Connection: close", true)]
    [InlineData("Connection: X-Named", true)]
    [InlineData("Connection: keep-alive", false)]
    [InlineData("Connection: keep-alive, TE", false)]
    [InlineData("Connection: Upgrade, HTTP2-Settings", false)]
    public async Task A_client_that_names_headers_gets_one_request_per_connection(string sent, bool closes)
    {
        await using var client = await _gateway.ConnectAsync();
        for (var i = 0; i < 2; i++)
        {
            await client.SendAsync($"GET /plain HTTP/1.1\r\nHost: a\r\n{sent}\r\n\r\n");
            var answer = (await client.ReadAnswerAsync())!;
            Assert.Equal((200, closes ? "close" : null), (answer.Status, answer.Header("Connection")));
            if (!closes) continue;
            Assert.True(await client.EndsAsync());
            return;
        }
    }

    [Theory]
    [InlineData("TE: trailers", "TE", "trailers")]
    [InlineData("TE: gzip;q=0.5, trailers", "TE", "trailers")]
    [InlineData("X-Plain: kept", "X-Plain", "kept")]
    [InlineData("X-Empty:", "X-Empty", "")]
    [InlineData("Authorization: Bearer x", "Authorization", "Bearer x")]
    [InlineData("Connection: keep-alive\r\nX-Plain: kept", "X-Plain", "kept")]
    [InlineData("Via: 1.0 first", "Via", "1.0 first, 1.1 kong/")]
    public async Task Go_on(string sent, string name, string expected) =>
        Assert.StartsWith(expected, (string?)(await SeenAsync("/plain", sent))[name], StringComparison.Ordinal);

    [Theory]
    [InlineData("X-Any: 1")]
    [InlineData("Proxy-Authorization: Basic of the client")]
    public async Task A_proxy_authorization_that_a_plugin_sets_goes_on(string sent) =>
        Assert.Equal("Basic set", (string?)(await SeenAsync("/authorized", sent))["Proxy-Authorization"]);

    [Fact]
    public async Task More_arguments_and_headers_than_plugins_see_are_all_passed_on()
    {
        var query = string.Join('&', Enumerable.Range(0, 150).Select(static i => $"a{i}={i}"));
        var headers = string.Join("\r\n", Enumerable.Range(0, 90).Select(static i => $"X-H{i}: {i}"));
        await using var client = await _gateway.ConnectAsync();
        await client.SendAsync($"GET /plain?{query} HTTP/1.1\r\nHost: a\r\n{headers}\r\n\r\n");
        var echo = JsonNode.Parse((await client.ReadAnswerAsync())!.Body)!;
        Assert.Equal("/plain?" + query, (string?)echo["url"]);
        for (var i = 0; i < 90; i++) Assert.Equal(i.ToString(System.Globalization.CultureInfo.InvariantCulture), (string?)echo["headers"]!["X-H" + i]);
    }

    async Task<JsonNode> SeenAsync(string path, string headers)
    {
        await using var client = await _gateway.ConnectAsync();
        await client.SendAsync($"GET {path} HTTP/1.1\r\nHost: a\r\n{headers}\r\n\r\n");
        RawAnswer? answer;
        do answer = await client.ReadAnswerAsync();
        while (answer is { Status: 100 });
        Assert.Equal(200, answer!.Status);
        return JsonNode.Parse(answer.Body)!["headers"]!;
    }
}
