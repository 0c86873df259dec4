namespace Weir.Gateway.Tests;

public sealed class EarlyResponseTests
{
    [Fact]
    public async Task Reads_a_response_that_comes_before_the_request_is_sent_and_does_not_use_the_connection_again()
    {
        await using var rig = new Http1Rig(async peer =>
        {
            await peer.ExpectHeadAsync();
            await peer.SendAsync("HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nbig");
            await Task.Delay(Timeout.InfiniteTimeSpan, peer.Stop);
        });
        var connection = await rig.RentAsync();
        var writer = rig.Begin(connection, "POST");
        var body = new byte[64 * 1024 * 1024];
        writer.ContentLength(body.Length);
        writer.End();
        var sending = connection.SendAsync(body, last: true);
        Assert.Equal(Fault.None, await connection.ReadHeadAsync());
        Assert.False(sending.IsCompleted);
        Assert.Equal((413, false), (connection.Response.Status, connection.RequestComplete));
        Assert.Equal("big", (await Http1Rig.ReadAsync(connection)).Body);
        connection.Abort();
        Assert.Equal(Fault.Aborted, await sending);
        rig.Pool.Return(connection);
        Assert.Equal(0, rig.Pool.OpenCount);
    }

    [Fact]
    public async Task Does_not_use_a_connection_again_whose_request_was_given_up_between_two_sends()
    {
        await using var rig = new Http1Rig(Http1Rig.Answer("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"));
        var connection = await rig.RentAsync();
        var writer = rig.Begin(connection, "POST");
        writer.Chunked();
        writer.End();
        await connection.SendAsync("part"u8.ToArray(), last: false);
        Assert.Equal(Fault.None, await connection.ReadHeadAsync());
        rig.Pool.Return(connection);
        Assert.Equal(0, rig.Pool.OpenCount);
    }

    [Fact]
    public async Task Still_reads_the_response_when_the_upstream_has_stopped_taking_the_request()
    {
        var sent = new TaskCompletionSource();
        await using var rig = new Http1Rig(async peer =>
        {
            await peer.ExpectHeadAsync();
            await peer.SendAsync("HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
            peer.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Receive);
            sent.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, peer.Stop);
        });
        var connection = await rig.RentAsync();
        var writer = rig.Begin(connection, "POST");
        writer.Chunked();
        writer.End();
        await connection.SendAsync("part"u8.ToArray(), last: false);
        await sent.Task;
        Assert.Equal(Fault.None, await connection.ReadHeadAsync());
        Assert.Equal(413, connection.Response.Status);
        rig.Pool.Return(connection);
    }

    [Fact]
    public async Task Skips_interim_responses()
    {
        await using var rig = new Http1Rig(Http1Rig.Answer(
            "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
        var got = await rig.ExchangeAsync();
        Assert.Equal((200, "ok"), (got.Status, got.Body));
        Assert.DoesNotContain(got.Headers, static h => h.Name == "Link");
        Assert.Equal(1, rig.Pool.IdleCount);
    }

    [Fact]
    public void Refuses_interim_responses_without_end()
    {
        const string Interim = "HTTP/1.1 102 Processing\r\n\r\n";
        const string Final = "HTTP/1.1 204 No Content\r\n\r\n";
        var max = Http1Limits.Default.InterimResponsesMax;
        Assert.Equal(Fault.None, ResponseBytes.Read(string.Concat(Enumerable.Repeat(Interim, max)) + Final).Fault);
        var got = ResponseBytes.Read(string.Concat(Enumerable.Repeat(Interim, max + 1)) + Final);
        Assert.Equal((Fault.HeadInvalid, "too many interim responses"), (got.Fault, got.Reason));
    }
}
