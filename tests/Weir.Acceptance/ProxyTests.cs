using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Weir.Server;

namespace Weir.Acceptance;

/// <summary>Requests through a whole gateway to a real upstream, over real sockets.</summary>
public sealed class ProxyTests : IAsyncLifetime
{
    MockServer _mock = null!;
    TestGateway _gateway = null!;

    public async ValueTask InitializeAsync()
    {
        _mock = new MockServer("127.0.0.1:0", TimeProvider.System);
        await _mock.StartAsync(CancellationToken.None);
        _gateway = await TestGateway.StartAsync($"""
            _format_version: "3.0"
            services:
            - name: echo
              url: {_mock.Address}
              routes:
              - name: all
                paths: [/]
                strip_path: false
            """);
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _mock.DisposeAsync();
    }

    [Fact]
    public async Task Passes_method_path_query_headers_and_body_and_says_whom_it_speaks_for()
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, "/anything/a%20b?x=1&y=") { Content = new StringContent("hello") };
        request.Headers.Add("X-Custom", ["one", "two"]);
        using var response = await _gateway.Client.SendAsync(request);
        var echo = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        Assert.Equal("PUT", (string?)echo["method"]);
        Assert.Equal("/anything/a%20b?x=1&y=", (string?)echo["url"]);
        Assert.Equal("hello", (string?)echo["body"]);
        Assert.Equal("5", (string?)echo["headers"]!["Content-Length"]);
        Assert.Equal("127.0.0.1", (string?)echo["headers"]!["X-Real-IP"]);
        Assert.Equal("http", (string?)echo["headers"]!["X-Forwarded-Proto"]);
        Assert.Equal(response.Headers.GetValues("X-Kong-Request-Id").Single(), (string?)echo["headers"]!["X-Kong-Request-Id"]);
        Assert.Contains("kong/", response.Headers.GetValues("Via").Single());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4096)]
    [InlineData(70_000)]
    [InlineData(20_000_000)]
    public async Task Streams_answers_of_any_size(int bytes)
    {
        var body = await _gateway.Client.GetByteArrayAsync($"/bytes/{bytes}");
        Assert.Equal(bytes, body.Length);
        Assert.DoesNotContain(body, value => value != 'x');
    }

    [Theory]
    [InlineData(1_000_000, true)]
    [InlineData(1_000_000, false)]
    public async Task Streams_request_bodies_with_and_without_a_length(int bytes, bool declared)
    {
        var text = new string('a', bytes);
        using var content = new StreamContent(new MemoryStream(Encoding.ASCII.GetBytes(text)));
        if (!declared) content.Headers.ContentLength = null;
        using var request = new HttpRequestMessage(HttpMethod.Post, "/anything") { Content = content };
        request.Headers.TransferEncodingChunked = !declared;
        using var response = await _gateway.Client.SendAsync(request);
        Assert.Equal(text, (string?)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["body"]);
    }

    [Fact]
    public async Task Head_has_the_headers_and_no_body()
    {
        using var response = await _gateway.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/bytes/1234"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(1234, response.Content.Headers.ContentLength);
    }

    [Fact]
    public async Task Speaks_http2_over_tls()
    {
        using var client = TestGateway.NewClient(_gateway.ProxyTls, HttpVersion.Version20);
        using var response = await client.PostAsync("/anything", new StringContent("over two"));
        Assert.Equal(HttpVersion.Version20, response.Version);
        Assert.Contains("over two", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Tunnels_websockets()
    {
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{_gateway.Proxy.Port}/ws"), CancellationToken.None);
        foreach (var text in new[] { "one", new string('z', 100_000) })
        {
            await socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, CancellationToken.None);
            var got = new MemoryStream();
            var buffer = new byte[8192];
            WebSocketReceiveResult part;
            do
            {
                part = await socket.ReceiveAsync(buffer, CancellationToken.None);
                got.Write(buffer, 0, part.Count);
            }
            while (!part.EndOfMessage || got.Length < text.Length);
            Assert.Equal(text, Encoding.UTF8.GetString(got.ToArray()));
        }
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.CloseStatus);
    }

    [Fact]
    public async Task Answers_expect_100_continue_and_hides_it_from_the_upstream()
    {
        await using var client = await _gateway.ConnectAsync();
        await client.SendAsync("POST /anything HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
        Assert.Equal(100, (await client.ReadAnswerAsync())!.Status);
        await client.SendAsync("body");
        var answer = (await client.ReadAnswerAsync())!;
        Assert.Equal(200, answer.Status);
        Assert.Null(JsonNode.Parse(answer.Body)!["headers"]!["Expect"]);
    }
}
