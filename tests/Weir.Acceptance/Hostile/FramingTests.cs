namespace Weir.Acceptance;

/// <summary>Each way to say ambiguously where a request ends, or where it goes, is refused, and ends the connection.</summary>
public sealed class FramingTests(FramingTests.Rig shared) : IClassFixture<FramingTests.Rig>
{
    const string Next = "GET /next HTTP/1.1\r\nHost: a\r\n\r\n";

    public static TheoryData<string, string> Refused => new()
    {
        { "both lengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" },
        { "both lengths, the other way", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" },
        {
            "both lengths beside the name that Kestrel gives one",
            "POST / HTTP/1.1\r\nHost: a\r\nX-Content-Length: 1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
        },
        {
            "both lengths, one hidden by Connection",
            "POST / HTTP/1.1\r\nHost: a\r\nConnection: X-Content-Length\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
        },
        { "two lengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: 5\r\n\r\nabcde" },
        { "two equal lengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nabcde" },
        { "a list of lengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\n\r\nabcde" },
        { "a length with a plus", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nabcde" },
        { "a negative length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\nabcde" },
        { "minus zero for a length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -0\r\n\r\n" },
        { "a hexadecimal length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x5\r\n\r\nabcde" },
        { "a length with a space inside", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0 5\r\n\r\nabcde" },
        { "a length with a fraction", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5.0\r\n\r\nabcde" },
        { "a length that overflows", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 18446744073709551621\r\n\r\nabcde" },
        { "an empty length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n" },
        { "identity", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n" },
        { "an unknown coding", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" },
        { "another coding before chunked", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" },
        { "another coding after chunked", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" },
        { "chunked twice", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n" },
        { "chunked on two lines", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" },
        { "identity on a second line", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" },
        { "chunked with a parameter", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked;q=1\r\n\r\n0\r\n\r\n" },
        { "chunked in quotes", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n" },
        { "an empty element beside chunked", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: ,chunked\r\n\r\n0\r\n\r\n" },
        { "no coding", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n\r\n0\r\n\r\n" },
        { "chunked in HTTP/1.0", "POST / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" },
        { "a space before the colon", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length : 5\r\n\r\nabcde" },
        { "a tab before the colon", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding\t: chunked\r\n\r\n0\r\n\r\n" },
        { "a folded header", "POST / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n" },
        { "a folded length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\t5\r\n\r\nabcde" },
        { "a first header with a space before", "GET / HTTP/1.1\r\n Host: a\r\n\r\n" },
        { "a line feed for a line end", "GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n" },
        { "line feeds for all line ends", "GET / HTTP/1.1\nHost: a\n\n" },
        { "a line feed after the request line", "GET / HTTP/1.1\nHost: a\r\n\r\n" },
        { "a line feed for the blank line", "GET / HTTP/1.1\r\nHost: a\r\n\n" },
        { "a carriage return in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n" },
        { "a carriage return in a name", "GET / HTTP/1.1\r\nHost: a\r\nX\rY: b\r\n\r\n" },
        { "a carriage return in the request line", "GET /\r HTTP/1.1\r\nHost: a\r\n\r\n" },
        { "a zero byte in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n" },
        { "a zero byte in a name", "GET / HTTP/1.1\r\nHost: a\r\nX\0: b\r\n\r\n" },
        { "a zero byte in the target", "GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n" },
        { "a control character in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: a\u000bb\r\n\r\n" },
        { "a header without a name", "GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n" },
        { "a header without a colon", "GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n" },
        { "a header name that is no token", "GET / HTTP/1.1\r\nHost: a\r\nX(Y): b\r\n\r\n" },
        { "no host", "GET / HTTP/1.1\r\n\r\n" },
        { "two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" },
        { "two equal hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n" },
        { "a list of hosts", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n" },
        { "a host with a user", "GET / HTTP/1.1\r\nHost: user@a\r\n\r\n" },
        { "a host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n" },
        { "a host with a space", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n" },
        { "a host with a bad port", "GET / HTTP/1.1\r\nHost: a:b\r\n\r\n" },
        { "an absolute target with another host", "GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n" },
        { "an absolute target with another port", "GET http://a:81/ HTTP/1.1\r\nHost: a\r\n\r\n" },
        { "an absolute target without a host", "GET http:///x HTTP/1.1\r\nHost: a\r\n\r\n" },
        { "an absolute target with a user", "GET http://user@a/ HTTP/1.1\r\nHost: a\r\n\r\n" },
        { "a target without a slash", "GET x HTTP/1.1\r\nHost: a\r\n\r\n" },
        { "CONNECT with a path", "CONNECT / HTTP/1.1\r\nHost: a\r\n\r\n" },
        { "an authority for a target", "CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n" },
        { "an asterisk for a target", "GET * HTTP/1.1\r\nHost: a\r\n\r\n" },
        { "a space in the target", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n" },
        { "a tab in the target", "GET /a\tb HTTP/1.1\r\nHost: a\r\n\r\n" },
        { "a raw byte above ASCII in the target", "GET /\u00e4 HTTP/1.1\r\nHost: a\r\n\r\n" },
        { "two spaces before the target", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n" },
        { "a space before the method", " GET / HTTP/1.1\r\nHost: a\r\n\r\n" },
        { "a method that is no token", "G(T / HTTP/1.1\r\nHost: a\r\n\r\n" },
        { "a space after the version", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n" },
        { "no version", "GET /\r\nHost: a\r\n\r\n" },
        { "HTTP/0.9", "GET / HTTP/0.9\r\nHost: a\r\n\r\n" },
        { "HTTP/1.2", "GET / HTTP/1.2\r\nHost: a\r\n\r\n" },
        { "a version with two digits", "GET / HTTP/1.11\r\nHost: a\r\n\r\n" },
        { "a version in lower case", "GET / http/1.1\r\nHost: a\r\n\r\n" },
        { "another protocol", "GET / ICE/1.1\r\nHost: a\r\n\r\n" },
        { "the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" },
        { "a TLS handshake", "\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00fc\u0003\u0003" + "\r\n\r\n" },
    };

    public static TheoryData<string, string> BrokenChunks => new()
    {
        { "a sign", "+5\r\nhello\r\n0\r\n\r\n" },
        { "a minus", "-5\r\nhello\r\n0\r\n\r\n" },
        { "a prefix", "0x5\r\nhello\r\n0\r\n\r\n" },
        { "a space before the size", " 5\r\nhello\r\n0\r\n\r\n" },
        { "no digits", "\r\nhello\r\n0\r\n\r\n" },
        { "letters", "g\r\nhello\r\n0\r\n\r\n" },
        { "a size that overflows", "10000000000000005\r\nhello\r\n0\r\n\r\n" },
        { "a size that overflows 32 bits", "100000005\r\nhello\r\n0\r\n\r\n" },
        { "a line feed after the size", "5\nhello\r\n0\r\n\r\n" },
        { "a carriage return after the size", "5\rhello\r\n0\r\n\r\n" },
        { "content longer than its size", "4\r\nhello\r\n0\r\n\r\n" },
        { "no line end after content", "5\r\nhello0\r\n\r\n" },
        { "a line feed after content", "5\r\nhello\n0\r\n\r\n" },
        { "a line feed in an extension", "5;a\nb\r\nhello\r\n0\r\n\r\n" },
        { "a carriage return in an extension", "5;a\rb\r\nhello\r\n0\r\n\r\n" },
        { "a folded trailer", "0\r\nX: a\r\n b\r\n\r\n" },
        { "a trailer with a zero byte", "0\r\nX: \0\r\n\r\n" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task Refuses_a_request_and_what_follows_it(string what, string request)
    {
        var before = shared.Of.Upstream.Seen.Count;
        var outcome = await shared.Of.SendAsync(request + Next);
        Assert.True(outcome.IsRefused, $"{what}: {outcome}");
        Assert.All(outcome.Statuses, static status => Assert.True(status is 400 or 405 or 505, $"{status}"));
        Assert.Equal(before, shared.Of.Upstream.Seen.Count);
        Assert.True(!shared.Of.Gateway.Log.Errors.Any(), string.Join('\n', shared.Of.Gateway.Log.Errors));
    }

    [Theory]
    [MemberData(nameof(BrokenChunks))]
    public async Task Refuses_a_body_in_broken_chunks_and_what_follows_it(string what, string body)
    {
        var before = shared.Of.Upstream.Seen.Count;
        var outcome = await shared.Of.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + body + Next);
        Assert.True(outcome.IsRefused, $"{what}: {outcome}");
        Assert.Equal(before, shared.Of.Upstream.Seen.Count);
        Assert.DoesNotContain(shared.Of.Upstream.Incomplete, static text => text.Contains("/next", StringComparison.Ordinal));
        Assert.True(!shared.Of.Gateway.Log.Errors.Any(), string.Join('\n', shared.Of.Gateway.Log.Errors));
    }

    [Fact]
    public async Task Answers_valid_requests_on_one_connection_in_their_order()
    {
        await using var rig = await HostileRig.StartAsync();
        var outcome = await rig.SendAsync(
            "POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabcde"
            + "POST /2 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n3;a=\"b\"\r\nabc\r\n0\r\nX: y\r\n\r\n"
            + "GET http://a/3?x HTTP/1.1\r\nHost: a\r\n\r\n"
            + "\r\nGET /4 HTTP/1.1\r\nhOST:a\t \r\n\r\n"
            + "GET /5  HTTP/1.0\r\n\r\n");
        Assert.Equal([200, 200, 200, 200, 200], outcome.Statuses);
        Assert.Equal(["1", "2", "3", "4", "5"], outcome.Answers.Select(static answer => answer.Body));
        Assert.Equal(["/1", "/2", "/3?x", "/4", "/5"], rig.Upstream.Seen.OrderBy(static pair => pair.Key).Select(static pair => pair.Value.Target));
        Assert.Equal(["abcde", "abc", "", "", ""], rig.Upstream.Seen.OrderBy(static pair => pair.Key).Select(static pair => pair.Value.Body));
        Assert.True(outcome.IsClosed);
    }

    [Fact]
    public async Task Drops_headers_that_lax_readers_take_for_framing()
    {
        await using var rig = await HostileRig.StartAsync();
        await rig.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer_Encoding: chunked\r\nContent_Length: 7\r\nConnection: close\r\n\r\nx");
        Assert.Empty(rig.Problems);
        Assert.Equal("x", Assert.Single(rig.Upstream.Seen).Value.Body);
    }

    /// <summary>One gateway for all cases: what one case leaves behind would show in the next.</summary>
    public sealed class Rig : IAsyncLifetime
    {
        internal HostileRig Of { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Of = await HostileRig.StartAsync();

        public ValueTask DisposeAsync() => Of.DisposeAsync();
    }
}
