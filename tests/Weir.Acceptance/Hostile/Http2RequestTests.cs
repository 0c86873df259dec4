namespace Weir.Acceptance;

/// <summary>Requests that HTTP/2 can carry and HTTP/1.1 must not: refused, or forwarded as one clean request.</summary>
public sealed class Http2RequestTests(Http2RequestTests.Rig shared) : IClassFixture<Http2RequestTests.Rig>
{
    static readonly (string, string)[] Get = [(":method", "GET"), (":scheme", "http"), (":path", "/"), (":authority", "a")];

    static readonly (string, string)[] Post = [(":method", "POST"), (":scheme", "http"), (":path", "/"), (":authority", "a")];

    public static TheoryData<string, (string, string)[]> Refused => new()
    {
        { "no fields", [] },
        { "no method", [.. Get[1..]] },
        { "no scheme", [Get[0], .. Get[2..]] },
        { "no path", [.. Get[..2], Get[3]] },
        { "two methods", [.. Get, (":method", "POST")] },
        { "two schemes", [.. Get, (":scheme", "http")] },
        { "two paths", [.. Get, (":path", "/other")] },
        { "two equal paths", [.. Get, (":path", "/")] },
        { "two authorities", [.. Get, (":authority", "b")] },
        { "a pseudo header after a header", [.. Get[..3], ("x", "y"), Get[3]] },
        { "an unknown pseudo header", [.. Get, (":extra", "x")] },
        { "the pseudo header of an answer", [.. Get, (":status", "200")] },
        { "an empty method", [(":method", ""), .. Get[1..]] },
        { "a method with a blank", [(":method", "GET /x"), .. Get[1..]] },
        { "a method with a line end", [(":method", "GET / HTTP/1.1\r\nX: y\r\n\r\nGET"), .. Get[1..]] },
        { "another scheme", [Get[0], (":scheme", "https"), .. Get[2..]] },
        { "a scheme with a line end", [Get[0], (":scheme", "http\r\nX: y"), .. Get[2..]] },
        { "an empty path", [.. Get[..2], (":path", ""), Get[3]] },
        { "a path without a slash", [.. Get[..2], (":path", "x"), Get[3]] },
        { "an absolute path", [.. Get[..2], (":path", "http://b/"), Get[3]] },
        { "an asterisk for a path", [.. Get[..2], (":path", "*"), Get[3]] },
        { "a path with a blank", [.. Get[..2], (":path", "/a HTTP/1.1"), Get[3]] },
        { "a path with a tab", [.. Get[..2], (":path", "/a\tb"), Get[3]] },
        { "a path with a line end", [.. Get[..2], (":path", "/ HTTP/1.1\r\nHost: b\r\n\r\nGET /smuggled"), Get[3]] },
        { "a path with a zero byte", [.. Get[..2], (":path", "/\0"), Get[3]] },
        { "a path above ASCII", [.. Get[..2], (":path", "/\u00e4"), Get[3]] },
        { "an authority with a user", [.. Get[..3], (":authority", "user@a")] },
        { "an authority with a path", [.. Get[..3], (":authority", "a/b")] },
        { "an authority with a blank", [.. Get[..3], (":authority", "a b")] },
        { "an authority with a line end", [.. Get[..3], (":authority", "a\r\nX: y")] },
        { "an authority of two", [.. Get[..3], (":authority", "a,b")] },
        { "two hosts and no authority", [.. Get[..3], ("host", "a"), ("host", "b")] },
        { "Transfer-Encoding", [.. Post, ("transfer-encoding", "chunked")] },
        { "Connection", [.. Get, ("connection", "keep-alive")] },
        { "Connection that names a header", [.. Get, ("connection", "x-named"), ("x-named", "1")] },
        { "Keep-Alive", [.. Get, ("keep-alive", "timeout=5")] },
        { "Proxy-Connection", [.. Get, ("proxy-connection", "keep-alive")] },
        { "Upgrade", [.. Get, ("upgrade", "websocket")] },
        { "TE other than trailers", [.. Get, ("te", "gzip")] },
        { "an upper-case name", [.. Get, ("X-Upper", "1")] },
        { "an empty name", [.. Get, ("", "1")] },
        { "a name with a blank", [.. Get, ("x y", "1")] },
        { "a name with a colon", [.. Get, ("x:y", "1")] },
        { "a name with a line end", [.. Get, ("x\r\ny", "1")] },
        { "a name with a zero byte", [.. Get, ("x\0", "1")] },
        { "a name above ASCII", [.. Get, ("x\u00e4", "1")] },
        { "a value with a carriage return", [.. Get, ("x", "a\rb")] },
        { "a value with a line feed", [.. Get, ("x", "a\nTransfer-Encoding: chunked")] },
        { "a value with a line end", [.. Get, ("x", "a\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n")] },
        { "a value with a zero byte", [.. Get, ("x", "a\0b")] },
        { "a length without a body", [.. Post, ("content-length", "5")] },
        { "two lengths", [.. Post, ("content-length", "0"), ("content-length", "5")] },
        { "a list of lengths", [.. Post, ("content-length", "0, 0")] },
        { "a negative length", [.. Post, ("content-length", "-1")] },
        { "a length with a sign", [.. Post, ("content-length", "+0")] },
        { "a length that is no number", [.. Post, ("content-length", "0x0")] },
        { "an empty length", [.. Post, ("content-length", "")] },
        { "CONNECT with a path", [(":method", "CONNECT"), .. Get[1..]] },
        { "CONNECT", [(":method", "CONNECT"), (":authority", "a:80")] },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task Refuses_a_head(string what, (string, string)[] fields)
    {
        var before = shared.Of.Upstream.Seen.Count;
        await using var client = await Http2Client.ConnectAsync(shared.Of.Gateway);
        await client.SendAsync(Http2Frame.Headers(1, Http2Frame.EndHeaders | Http2Frame.EndStream, fields));
        var outcome = await client.OutcomeAsync(1);
        Assert.True(outcome.IsRefused, $"{what}: {outcome}");
        AssertNothingSeen(before);
    }

    [Theory]
    [InlineData("5", "abc")]
    [InlineData("1", "abc")]
    [InlineData("0", "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n")]
    public async Task Refuses_a_body_of_another_length_than_announced(string length, string body)
    {
        var before = shared.Of.Upstream.Seen.Count;
        await using var client = await Http2Client.ConnectAsync(shared.Of.Gateway);
        await client.SendAsync(
            Http2Frame.Headers(1, Http2Frame.EndHeaders, [.. Post, ("content-length", length)]), Http2Frame.Data(1, Http2Frame.EndStream, body));
        var outcome = await client.OutcomeAsync(1);
        Assert.True(outcome.IsRefused, $"{length}: {outcome}");
        AssertNothingSeen(before);
        Assert.DoesNotContain(shared.Of.Upstream.Incomplete, static text => text.Contains("/smuggled", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("a forbidden field", "connection", "close")]
    [InlineData("a pseudo header", ":path", "/other")]
    [InlineData("a line end", "x", "a\r\nb")]
    [InlineData("an upper-case name", "X-Sum", "1")]
    public async Task Refuses_trailers(string what, string name, string value)
    {
        var before = shared.Of.Upstream.Seen.Count;
        await using var client = await Http2Client.ConnectAsync(shared.Of.Gateway);
        await client.SendAsync(
            Http2Frame.Headers(1, Http2Frame.EndHeaders, Post), Http2Frame.Data(1, 0, "body"),
            Http2Frame.Headers(1, Http2Frame.EndHeaders | Http2Frame.EndStream, (name, value)));
        var outcome = await client.OutcomeAsync(1);
        Assert.True(outcome.IsRefused, $"{what}: {outcome}");
        AssertNothingSeen(before);
    }

    [Fact]
    public async Task The_authority_wins_over_a_host_that_disagrees()
    {
        await using var rig = await HostileRig.StartAsync();
        await using var client = await Http2Client.ConnectAsync(rig.Gateway);
        await client.SendAsync(Http2Frame.Headers(1, Http2Frame.EndHeaders | Http2Frame.EndStream, [.. Get, ("host", "evil")]));
        Assert.Equal(new Http2Outcome("answer", 200), await client.OutcomeAsync(1));
        var head = Assert.Single(rig.Upstream.Seen).Value.Head;
        Assert.DoesNotContain("evil", head, StringComparison.Ordinal);
        Assert.Contains("X-Forwarded-Host: a\r\n", head, StringComparison.Ordinal);
        Assert.Empty(rig.Problems);
    }

    [Fact]
    public async Task Forwards_a_body_and_framing_names_with_underscores_as_one_clean_request()
    {
        await using var rig = await HostileRig.StartAsync();
        await using var client = await Http2Client.ConnectAsync(rig.Gateway, tls: true);
        await client.SendAsync(
            Http2Frame.Headers(1, Http2Frame.EndHeaders,
                [Post[0], (":scheme", "https"), .. Post[2..], ("transfer_encoding", "chunked"), ("content_length", "1"), ("te", "trailers"), ("x", "\u00e4")]),
            Http2Frame.Data(1, 0, "0\r\n\r\n"), Http2Frame.Data(1, 0, ""), Http2Frame.Data(1, Http2Frame.EndStream, "GET /smuggled HTTP/1.1\r\n\r\n"));
        Assert.Equal(new Http2Outcome("answer", 200), await client.OutcomeAsync(1));
        var seen = Assert.Single(rig.Upstream.Seen).Value;
        Assert.Equal("0\r\n\r\nGET /smuggled HTTP/1.1\r\n\r\n", seen.Body);
        Assert.Empty(rig.Problems);
        Assert.Empty(rig.Upstream.Incomplete);
    }

    [Fact]
    public async Task Sends_websockets_over_http2_to_http1()
    {
        const int Http11Required = 13;
        var before = shared.Of.Upstream.Seen.Count;
        await using var client = await Http2Client.ConnectAsync(shared.Of.Gateway);
        await client.SendAsync(Http2Frame.Headers(1, Http2Frame.EndHeaders, [(":method", "CONNECT"), .. Get[1..], (":protocol", "websocket")]));
        Assert.Equal(new Http2Outcome("RST_STREAM", Http11Required), await client.OutcomeAsync(1));
        AssertNothingSeen(before);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Refuses_more_fields_than_the_limit(bool tls)
    {
        var before = shared.Of.Upstream.Seen.Count;
        await using var client = await Http2Client.ConnectAsync(shared.Of.Gateway, tls);
        (string, string)[] get = [Get[0], (":scheme", tls ? "https" : "http"), .. Get[2..]];
        await client.SendAsync(Http2Frame.Headers(1, Http2Frame.EndHeaders | Http2Frame.EndStream, [.. get, .. Enumerable.Repeat(("x", "y"), 120)]));
        Assert.True((await client.OutcomeAsync(1)).IsRefused);
        await using var second = await Http2Client.ConnectAsync(shared.Of.Gateway, tls);
        var large = new string('x', 15_000);
        await second.SendAsync(
            Http2Frame.Headers(1, Http2Frame.EndStream, [.. get, ("a", large)]),
            new Http2Frame(Http2FrameType.Continuation, 0, 1, Http2Frame.Block(("b", large))),
            new Http2Frame(Http2FrameType.Continuation, Http2Frame.EndHeaders, 1, Http2Frame.Block(("c", large))));
        Assert.True((await second.OutcomeAsync(1)).IsRefused);
        AssertNothingSeen(before);
    }

    void AssertNothingSeen(int before)
    {
        Assert.Equal(before, shared.Of.Upstream.Seen.Count);
        Assert.True(!shared.Of.Gateway.Log.Errors.Any(), string.Join('\n', shared.Of.Gateway.Log.Errors));
        // Kestrel warns of headers that have no place in HTTP/2: whoever sends bad requests would fill the log.
        Assert.DoesNotContain(shared.Of.Gateway.Log.Lines, static line => line.Text.Contains("removed", StringComparison.Ordinal));
    }

    /// <summary>One gateway for all cases: what one case leaves behind would show in the next.</summary>
    public sealed class Rig : IAsyncLifetime
    {
        internal HostileRig Of { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Of = await HostileRig.StartAsync();

        public ValueTask DisposeAsync() => Of.DisposeAsync();
    }
}
