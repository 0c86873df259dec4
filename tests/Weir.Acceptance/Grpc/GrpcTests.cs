using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Weir.Acceptance;

/// <summary>gRPC calls through the gateway, clear and over TLS, on both of its sides.</summary>
public sealed class GrpcTests : IAsyncLifetime
{
    AppUpstream _clear = null!;
    AppUpstream _secure = null!;
    TestGateway _gateway = null!;
    readonly ClosedPort _closed = new();

    public async ValueTask InitializeAsync()
    {
        _clear = await GrpcUpstream.StartAsync();
        var certificate = new TestAuthority("grpc").Issue("127.0.0.1").Loaded;
        _secure = await GrpcUpstream.StartAsync(new HttpsConnectionAdapterOptions { ServerCertificate = certificate });
        _gateway = await TestGateway.StartAsync($$"""
            _format_version: "3.0"
            services:
            - { name: clear, protocol: grpc, host: 127.0.0.1, port: {{_clear.Port}} }
            - { name: secure, protocol: grpcs, host: 127.0.0.1, port: {{_secure.Port}} }
            - { name: down, protocol: grpc, host: 127.0.0.1, port: {{_closed.Number}}, retries: 1 }
            routes:
            - { service: { name: clear }, protocols: [grpc, grpcs], hosts: [clear.test], paths: [/test.Words] }
            - { service: { name: secure }, protocols: [grpc, grpcs], hosts: [secure.test] }
            - { service: { name: down }, protocols: [grpc, grpcs], hosts: [down.test] }
            - { service: { name: clear }, protocols: [grpcs], hosts: [tls.test] }
            - { service: { name: clear }, protocols: [grpc, grpcs], hosts: [keyed.test], plugins: [{ name: key-auth }] }
            """);
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _clear.DisposeAsync();
        await _secure.DisposeAsync();
        _closed.Dispose();
    }

    /// <summary>TLS or not on the client's side, and on the upstream's.</summary>
    public static TheoryData<bool, string> Sides => new()
    {
        { false, "clear.test" },
        { true, "clear.test" },
        { false, "secure.test" },
        { true, "secure.test" },
    };

    [Theory, MemberData(nameof(Sides))]
    public async Task A_unary_call_brings_message_metadata_and_trailers(bool tls, string host)
    {
        using var client = Client(tls, host);
        var (answer, messages) = await GrpcCall.UnaryAsync(client, "Echo", "hello");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("application/grpc", answer.Content.Headers.ContentType!.ToString());
        Assert.Equal(["re: hello"], messages);
        Assert.Equal(("0", "last words"), (GrpcCall.Trailer(answer, "grpc-status"), GrpcCall.Trailer(answer, "x-trailer")));
        Assert.Equal(("trailers", "seen"), (GrpcCall.Header(answer, "x-te"), GrpcCall.Header(answer, "x-seen-metadata")));
        Assert.NotNull(GrpcCall.Header(answer, "X-Kong-Request-Id"));
    }

    [Theory, MemberData(nameof(Sides))]
    public async Task A_server_stream_brings_every_message(bool tls, string host)
    {
        using var client = Client(tls, host);
        var (answer, messages) = await GrpcCall.UnaryAsync(client, "Count");
        Assert.Equal(["0", "1", "2", "3", "4"], messages);
        Assert.Equal("0", GrpcCall.Trailer(answer, "grpc-status"));
    }

    [Theory, MemberData(nameof(Sides))]
    public async Task A_client_stream_is_answered_at_its_end(bool tls, string host)
    {
        using var client = Client(tls, host);
        using var call = new GrpcCall(client, "Join");
        foreach (var word in new[] { "a", "b", new string('c', 200_000) }) await call.SendAsync(word);
        await call.CompleteAsync();
        Assert.Equal(["a+b+" + new string('c', 200_000)], await GrpcFrames.ReadAllAsync(await call.BodyAsync()));
        Assert.Equal("0", GrpcCall.Trailer(await call.Answer, "grpc-status"));
    }

    [Theory, MemberData(nameof(Sides))]
    public async Task Both_sides_talk_in_turn(bool tls, string host)
    {
        using var client = Client(tls, host);
        using var call = new GrpcCall(client, "Echo");
        foreach (var word in new[] { "one", "two", "three" })
        {
            await call.SendAsync(word);
            Assert.Equal("re: " + word, await GrpcFrames.ReadAsync(await call.BodyAsync()));
        }
        await call.CompleteAsync();
        Assert.Null(await GrpcFrames.ReadAsync(await call.BodyAsync()));
        Assert.Equal("0", GrpcCall.Trailer(await call.Answer, "grpc-status"));
    }

    [Fact]
    public async Task A_call_that_fails_at_once_keeps_its_status()
    {
        using var client = Client(false, "clear.test");
        var (answer, messages) = await GrpcCall.UnaryAsync(client, "Fail");
        Assert.Empty(messages);
        Assert.Equal(("5", "no such word"), (Either(answer, "grpc-status"), Either(answer, "grpc-message")));
    }

    [Fact]
    public async Task A_call_that_breaks_midway_is_broken_for_the_client_too()
    {
        using var client = Client(false, "clear.test");
        await Assert.ThrowsAnyAsync<Exception>(() => GrpcCall.UnaryAsync(client, "Break"));
        // The gateway and its connections are fine.
        var (_, messages) = await GrpcCall.UnaryAsync(client, "Echo");
        Assert.Equal(["re: one"], messages);
        Assert.Empty(_gateway.Log.Errors);
    }

    [Fact]
    public async Task A_client_that_cancels_ends_the_upstreams_call()
    {
        using var client = Client(false, "clear.test");
        using var call = new GrpcCall(client, "Hang");
        await call.SendAsync("go");
        Assert.Equal("waiting", await GrpcFrames.ReadAsync(await call.BodyAsync()));
        Assert.Equal(1, _gateway.Node.Snapshots.Current.InFlight.Count);
        await call.CancelAsync();
        (await call.Answer).Dispose();
        await Poll.UntilAsync(() => _gateway.Node.Snapshots.Current.InFlight.Count == 0, "the cancelled call is over");
        Assert.Empty(_gateway.Log.Errors);
    }

    [Fact]
    public async Task An_upstream_that_is_down_is_a_grpc_error()
    {
        using var client = Client(false, "down.test");
        var (answer, messages) = await GrpcCall.UnaryAsync(client, "Echo");
        Assert.Empty(messages);
        Assert.Equal("application/grpc", answer.Content.Headers.ContentType!.ToString());
        Assert.Equal("13", Either(answer, "grpc-status"));
        Assert.Equal("An invalid response was received from the upstream server", Either(answer, "grpc-message"));
    }

    [Fact]
    public async Task A_handshake_that_does_not_come_to_an_end_is_given_up_at_the_connect_timeout()
    {
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        silent.Listen();
        await _gateway.ApplyAsync($$"""
            _format_version: "3.0"
            services:
            - { name: silent, protocol: grpcs, host: 127.0.0.1, port: {{((IPEndPoint)silent.LocalEndPoint!).Port}}, connect_timeout: 100, retries: 0 }
            routes:
            - { service: { name: silent }, protocols: [grpc], paths: [/] }
            """);
        using var client = Client(false, "silent.test");
        var (answer, _) = await GrpcCall.UnaryAsync(client, "Echo");
        Assert.Equal(HttpStatusCode.GatewayTimeout, answer.StatusCode);
        Assert.Equal(("4", "The upstream server is timing out"), (Either(answer, "grpc-status"), Either(answer, "grpc-message")));
    }

    [Fact]
    public async Task A_plugins_refusal_is_a_grpc_error()
    {
        using var client = Client(false, "keyed.test");
        var (answer, messages) = await GrpcCall.UnaryAsync(client, "Echo");
        Assert.Empty(messages);
        Assert.Equal("16", Either(answer, "grpc-status"));
        Assert.Single(answer.Headers.GetValues("grpc-message"));
    }

    [Fact]
    public async Task A_request_that_is_no_grpc_is_415_on_a_grpc_route()
    {
        using var client = Client(false, "clear.test");
        using var call = new GrpcCall(client, "Echo", "application/json");
        await call.CompleteAsync();
        var answer = await call.Answer;
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.StatusCode);
        Assert.Contains("Non-gRPC request matched gRPC route", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Grpc_over_http1_is_426()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/test.Words/Echo") { Headers = { Host = "clear.test" } };
        request.Content = new ByteArrayContent(GrpcFrames.Of("one"));
        request.Content.Headers.ContentType = new("application/grpc");
        using var answer = await _gateway.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.UpgradeRequired, answer.StatusCode);
        Assert.Equal("HTTP/2", answer.Headers.Upgrade.ToString());
        Assert.Equal("Please use HTTP2 protocol", answer.Headers.GetValues("grpc-message").Single());
    }

    [Fact]
    public async Task A_clear_call_on_a_route_for_tls_is_cancelled()
    {
        using var clear = Client(false, "tls.test");
        var (answer, _) = await GrpcCall.UnaryAsync(clear, "Echo");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(("1", "gRPC request matched gRPCs route"), (Either(answer, "grpc-status"), Either(answer, "grpc-message")));
        using var secure = Client(true, "tls.test");
        var (right, messages) = await GrpcCall.UnaryAsync(secure, "Echo");
        Assert.Equal(["re: one"], messages);
        Assert.Equal("0", GrpcCall.Trailer(right, "grpc-status"));
    }

    [Fact]
    public async Task Calls_side_by_side_share_connections()
    {
        using var client = Client(false, "clear.test");
        await GrpcCall.UnaryAsync(client, "Echo");
        var calls = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => GrpcCall.UnaryAsync(client, "Echo", "m" + i)));
        for (var i = 0; i < calls.Length; i++) Assert.Equal(["re: m" + i], calls[i].Messages);
        Assert.InRange(_clear.Connections, 1, 2);
    }

    static string? Either(HttpResponseMessage answer, string name) => GrpcCall.Header(answer, name) ?? GrpcCall.Trailer(answer, name);

    HttpClient Client(bool tls, string host)
    {
        var client = TestGateway.NewClient(tls ? _gateway.ProxyTls : _gateway.ProxyH2c, HttpVersion.Version20);
        client.DefaultRequestHeaders.Host = host;
        return client;
    }
}
