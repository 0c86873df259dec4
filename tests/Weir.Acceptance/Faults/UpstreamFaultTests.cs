using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Weir.Acceptance;

/// <summary>What a client gets when its upstream fails: the right status, or an answer that is visibly cut off; never one that looks whole.</summary>
public sealed class UpstreamFaultTests
{
    const string Invalid = "An invalid response was received from the upstream server";
    const string Ok = "HTTP/1.1 200 OK\r\n";

    /// <summary>Answers that end, break or make no sense before their head is complete.</summary>
    public static TheoryData<string, string> BadHeads => new()
    {
        { "nothing", "" },
        { "half a status line", "HTTP/1.1 2" },
        { "half a head", Ok + "Content-Length: 5\r\nX: " },
        { "a head without its blank line", Ok + "Content-Length: 0\r\n" },
        { "an interim answer alone", "HTTP/1.1 100 Continue\r\n\r\n" },
        { "garbage", "\u0001\u0002garbage\r\n\r\n" },
        { "a TLS alert", "\u0015\u0003\u0001\0\u0002\u0002\u0046" },
        { "another protocol", "SSH-2.0-OpenSSH_9.2\r\n" },
        { "HTTP/2", "HTTP/2.0 200 OK\r\n\r\n" },
        { "HTTP/0.9", "<html>hello</html>" },
        { "a status of four digits", "HTTP/1.1 2000 OK\r\n\r\n" },
        { "a status that is no number", "HTTP/1.1 abc OK\r\n\r\n" },
        { "both lengths", Ok + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" },
        { "two lengths", Ok + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello" },
        { "a length with a sign", Ok + "Content-Length: +5\r\n\r\nhello" },
        { "a negative length", Ok + "Content-Length: -1\r\n\r\n" },
        { "another coding", Ok + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" },
        { "chunked twice", Ok + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" },
        { "a folded header", Ok + "X: a\r\n b\r\nContent-Length: 0\r\n\r\n" },
        { "a line feed for a line end", Ok + "X: a\nContent-Length: 0\r\n\r\n" },
        { "a carriage return in a value", Ok + "X: a\rb\r\nContent-Length: 0\r\n\r\n" },
        { "a zero byte in a value", Ok + "X: a\0b\r\nContent-Length: 0\r\n\r\n" },
        { "a space before the colon", Ok + "Content-Length : 0\r\n\r\n" },
        { "a header without a colon", Ok + "X\r\nContent-Length: 0\r\n\r\n" },
        { "an upgrade that nobody asked for", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n" },
        { "a header over the limit", Ok + "X: " + new string('x', 70_000) + "\r\nContent-Length: 0\r\n\r\n" },
        { "too many headers", Ok + string.Concat(Enumerable.Range(0, 300).Select(static i => $"X-{i}: y\r\n")) + "Content-Length: 0\r\n\r\n" },
        {
            "interim answers without end",
            string.Concat(Enumerable.Repeat("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", 100)) + Ok + "Content-Length: 0\r\n\r\n"
        },
    };

    /// <summary>Bodies that end or break after the head has been passed on.</summary>
    public static TheoryData<string, string> BadBodies => new()
    {
        { "shorter than its length", Ok + "Content-Length: 10\r\n\r\nhello" },
        { "no byte of its length", Ok + "Content-Length: 10\r\n\r\n" },
        { "a megabyte missing its last byte", Ok + "Content-Length: 1000001\r\n\r\n" + new string('x', 1_000_000) },
        { "chunks without the last", Ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n" },
        { "half a chunk", Ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhel" },
        { "a last chunk without its blank line", Ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n" },
        { "a size that is no number", Ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nxyz\r\n" },
        { "a size with a sign", Ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n+1\r\na\r\n0\r\n\r\n" },
        { "a size that overflows", Ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nfffffffffffffffff\r\n" },
        { "content longer than its size", Ok + "Transfer-Encoding: chunked\r\n\r\n4\r\nhello\r\n0\r\n\r\n" },
        { "line feeds for line ends", Ok + "Transfer-Encoding: chunked\r\n\r\n5\nhello\n0\n\n" },
        { "a folded trailer", Ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX: a\r\n b\r\n\r\n" },
    };

    [Theory]
    [MemberData(nameof(BadHeads))]
    public async Task Answers_502_to_a_head_that_cannot_be_used(string what, string response)
    {
        foreach (var ending in new[] { FaultRig.Ending(response), FaultRig.Resetting(response) })
        {
            await using var rig = await FaultRig.StartAsync(ending, FaultRig.Sound);
            var answer = await rig.AskAsync("GET / HTTP/1.1\r\nHost: a\r\nAccept: application/json\r\n\r\n");
            Assert.True(answer is { Status: 502, IsWhole: true }, $"{what}: {answer}");
            Assert.Contains($"\"message\":\"{Invalid}\"", answer.Body, StringComparison.Ordinal);
            Assert.Contains("\"request_id\":\"" + answer.Header("X-Kong-Request-Id"), answer.Body, StringComparison.Ordinal);
            await rig.IsSoundAsync();
            Assert.Equal(2, rig.Upstream.Accepted);
            Assert.Equal(1, rig.Open);
        }
    }

    [Theory]
    [MemberData(nameof(BadBodies))]
    public async Task Cuts_an_answer_off_whose_body_breaks(string what, string response)
    {
        foreach (var ending in new[] { FaultRig.Ending(response), FaultRig.Resetting(response) })
        {
            await using var rig = await FaultRig.StartAsync(ending, FaultRig.Sound);
            var answer = await rig.AskAsync();
            // A body that broke before its first byte had left may still be answered as a fault; half a body may not look like a whole one.
            Assert.True(answer is null or { IsWhole: false } or { Status: 502 }, $"{what}: {answer}");
            await rig.IsSoundAsync();
            Assert.Equal(1, rig.Open);
        }
    }

    [Fact]
    public async Task Answers_502_when_nobody_listens_and_works_once_somebody_does()
    {
        using var reserved = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        reserved.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await using var gateway = await TestGateway.StartAsync($$"""
            _format_version: "3.0"
            services:
            - { name: nobody, url: "http://{{reserved.LocalEndPoint}}", routes: [{ name: all, paths: [/] }] }
            """);
        using var answer = await gateway.Client.GetAsync("/");
        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.StartsWith(Invalid + "\nrequest_id: ", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        reserved.Listen();
        var next = gateway.Client.GetAsync("/");
        using (var accepted = await reserved.AcceptAsync()) await accepted.SendAsync("HTTP/1.1 204 No Content\r\n\r\n"u8.ToArray());
        using var second = await next;
        Assert.Equal(HttpStatusCode.NoContent, second.StatusCode);
        Assert.Empty(gateway.Log.Errors);
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-")]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\n")]
    public async Task Answers_504_to_an_upstream_that_falls_silent(string begun)
    {
        await using var rig = await FaultRig.StartAsync(0, 300, FaultRig.Sending(begun), FaultRig.Sound);
        var answer = await rig.AskAsync();
        Assert.True(answer is { Status: 504, IsWhole: true }, $"{answer}");
        Assert.StartsWith("The upstream server is timing out\nrequest_id: ", answer.Body, StringComparison.Ordinal);
        await rig.IsSoundAsync();
        Assert.Equal(1, rig.Open);
    }

    [Theory]
    [InlineData("Content-Length: 10\r\n\r\nhello")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")]
    [InlineData("\r\nhello")]
    public async Task Cuts_an_answer_off_whose_upstream_falls_silent(string rest)
    {
        await using var rig = await FaultRig.StartAsync(0, 300, FaultRig.Sending(Ok + rest), FaultRig.Sound);
        await using var client = await rig.Gateway.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        var answer = await client.ReadAnswerAsync().WaitAsync(FaultRig.Patience);
        Assert.True(answer is null or { IsWhole: false }, $"{answer}");
        await rig.IsSoundAsync();
        Assert.Equal(1, rig.Open);
    }

    [Fact]
    public async Task Ends_a_head_that_never_ends()
    {
        await using var rig = await FaultRig.StartAsync(async peer =>
        {
            await peer.ExpectHeadAsync();
            await peer.SendAsync(Ok);
            for (var i = 0; ; i++) await peer.SendAsync(string.Create(CultureInfo.InvariantCulture, $"X-{i}: {new string('x', 200)}\r\n"));
        }, FaultRig.Sound);
        Assert.Equal(502, (await rig.AskAsync())?.Status);
        await rig.IsSoundAsync();
    }

    [Fact]
    public async Task Ends_a_flood_of_interim_answers()
    {
        await using var rig = await FaultRig.StartAsync(async peer =>
        {
            await peer.ExpectHeadAsync();
            while (true) await peer.SendAsync("HTTP/1.1 102 Processing\r\n\r\n");
        }, FaultRig.Sound);
        Assert.Equal(502, (await rig.AskAsync())?.Status);
        await rig.IsSoundAsync();
    }

    [Theory]
    [InlineData("GET", 200)]
    [InlineData("PUT", 200)]
    [InlineData("DELETE", 200)]
    [InlineData("POST", 502)]
    [InlineData("PATCH", 502)]
    public async Task Sends_only_idempotent_requests_again_when_a_pooled_connection_has_gone(string method, int status)
    {
        // The first connection serves one request and swallows the second: to the gateway it had looked alive.
        await using var rig = await FaultRig.StartAsync(1, 60_000, async peer =>
        {
            await peer.ExpectHeadAsync();
            await peer.SendAsync(Ok + "Content-Length: 5\r\n\r\nfirst");
            await peer.ExpectHeadAsync();
        }, FaultRig.Sound);
        Assert.Equal("first", (await rig.AskAsync())?.Body);
        var answer = await rig.AskAsync($"{method} / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
        Assert.Equal(status, answer?.Status);
        Assert.Equal(status == 200 ? 2 : 1, rig.Upstream.Accepted);
        await rig.IsSoundAsync();
    }

    [Fact]
    public async Task Notices_that_a_pooled_connection_was_closed_while_it_was_idle()
    {
        var closed = new TaskCompletionSource();
        await using var rig = await FaultRig.StartAsync(async peer =>
        {
            await peer.ExpectHeadAsync();
            await peer.SendAsync(Ok + "Content-Length: 5\r\n\r\nfirst");
            peer.Socket.Shutdown(SocketShutdown.Both);
            closed.SetResult();
        }, FaultRig.Sound);
        Assert.Equal("first", (await rig.AskAsync())?.Body);
        await closed.Task;
        Assert.Equal("sound", (await rig.AskAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"))?.Body);
    }

    [Fact]
    public async Task Passes_an_answer_on_that_comes_before_the_request_is_finished()
    {
        await using var rig = await FaultRig.StartAsync(FaultRig.Sending("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno"), FaultRig.Sound);
        await using var client = await rig.Gateway.ConnectAsync();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nbegun");
        var answer = await client.ReadAnswerAsync().WaitAsync(FaultRig.Patience);
        Assert.True(answer is { Status: 403, Body: "no", IsWhole: true }, $"{answer}");
        await rig.IsSoundAsync();
        Assert.Equal(1, rig.Open);
    }

    [Fact]
    public async Task Passes_an_answer_on_of_an_upstream_that_closes_without_reading_the_body()
    {
        const string TooLarge = "HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 3\r\n\r\nbig";
        await using var rig = await FaultRig.StartAsync(FaultRig.Ending(TooLarge), FaultRig.Sound);
        var answer = await rig.AskAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n" + new string('x', 100_000));
        // The reset that follows unread bytes may overtake the answer; then there was none.
        Assert.True(answer is { Status: 413, Body: "big" } or { Status: 502 }, $"{answer}");
        await rig.IsSoundAsync();
    }

    [Fact]
    public async Task Answers_502_when_the_upstream_closes_while_the_body_is_still_coming()
    {
        await using var rig = await FaultRig.StartAsync(FaultRig.Ending(""), FaultRig.Sound);
        await using var client = await rig.Gateway.ConnectAsync();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nbegun");
        Assert.Equal(502, (await client.ReadAnswerAsync().WaitAsync(FaultRig.Patience))?.Status);
        await rig.IsSoundAsync();
    }

    [Fact]
    public async Task Passes_trailers_of_an_upstream_on_and_keeps_its_connection()
    {
        const string Chunked = Ok + "Transfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 7\r\n\r\n";
        await using var rig = await FaultRig.StartAsync(FaultRig.Answering(Chunked));
        foreach (var answer in new[] { await rig.AskAsync(), await rig.AskAsync() })
            Assert.True(answer is { Status: 200, Body: "hello", IsWhole: true }, $"{answer}");
        Assert.Equal(1, rig.Upstream.Accepted);
    }

    [Theory]
    [InlineData("Content-Length: 5\r\n\r\nhelloHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged")]
    public async Task Never_takes_bytes_beyond_an_answer_for_the_next(string rest)
    {
        await using var rig = await FaultRig.StartAsync(FaultRig.Sending(Ok + rest), FaultRig.Sound);
        Assert.Equal("hello", (await rig.AskAsync())?.Body);
        await rig.IsSoundAsync();
        Assert.Equal(2, rig.Upstream.Accepted);
    }

    [Fact]
    public async Task Never_takes_a_late_second_answer_for_the_next()
    {
        await using var rig = await FaultRig.StartAsync(async peer =>
        {
            await peer.ExpectHeadAsync();
            await peer.SendAsync(Ok + "Content-Length: 5\r\n\r\nhello");
            await peer.SendAsync(Ok + "Content-Length: 6\r\n\r\nforged");
            await FaultRig.StayAsync(peer);
        }, FaultRig.Sound);
        Assert.Equal("hello", (await rig.AskAsync())?.Body);
        await Poll.UntilAsync(async () => (await rig.AskAsync())?.Body is "sound", "the next connection serves");
    }

    [Theory]
    [InlineData("HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged")]
    [InlineData("GET", "HTTP/1.1 204 No Content\r\n\r\nforged")]
    [InlineData("GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 6\r\n\r\nforged")]
    public async Task Passes_no_body_on_where_there_is_none(string method, string response)
    {
        await using var rig = await FaultRig.StartAsync(FaultRig.Sending(response), FaultRig.Sound);
        await using var client = await rig.Gateway.ConnectAsync();
        await client.SendAsync($"{method} / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.NotNull(await client.ReadAnswerAsync(isHead: true).WaitAsync(FaultRig.Patience));
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal("sound", (await client.ReadAnswerAsync().WaitAsync(FaultRig.Patience))?.Body);
        Assert.Equal(2, rig.Upstream.Accepted);
    }
}
