namespace Weir.Gateway.Tests;

public sealed class ExchangeTests
{
    [Fact]
    public async Task Reads_a_response_with_a_content_length()
    {
        await using var rig = new Http1Rig(Http1Rig.Answer("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello"));
        var got = await rig.ExchangeAsync();
        Assert.Equal(200, got.Status);
        Assert.Equal("hello", got.Body);
        Assert.Contains(("Content-Type", "text/plain"), got.Headers);
        Assert.Equal(1, rig.Pool.IdleCount);
    }

    [Fact]
    public async Task Reads_a_chunked_response_and_its_trailers()
    {
        await using var rig = new Http1Rig(Http1Rig.Answer(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n7;a=b\r\n, world\r\n0\r\nX-Sum: 12\r\n\r\n"));
        var got = await rig.ExchangeAsync();
        Assert.Equal("hello, world", got.Body);
        Assert.Equal([("X-Sum", "12")], got.Trailers);
        Assert.Equal(1, rig.Pool.IdleCount);
    }

    [Fact]
    public async Task Uses_a_connection_again()
    {
        await using var rig = new Http1Rig(Http1Rig.Answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
        for (var i = 0; i < 5; i++) Assert.Equal("ok", (await rig.ExchangeAsync()).Body);
        Assert.Equal(1, rig.Upstream.Accepted);
    }

    [Fact]
    public async Task Sends_head_and_small_body_together()
    {
        string? head = null, body = null;
        await using var rig = new Http1Rig(async peer =>
        {
            head = await peer.ExpectHeadAsync();
            body = await peer.ExpectBytesAsync(4);
            await peer.SendAsync("HTTP/1.1 204 No Content\r\n\r\n");
            await peer.ExpectEndAsync();
        });
        var connection = await rig.RentAsync();
        var writer = rig.Begin(connection, "POST");
        writer.ContentLength(4);
        writer.End();
        Assert.Equal(Fault.None, await connection.SendAsync("ping"u8.ToArray(), last: true));
        Assert.Equal(Fault.None, await connection.ReadHeadAsync());
        Assert.Equal(204, connection.Response.Status);
        Assert.Equal("POST / HTTP/1.1\r\nHost: upstream.test\r\nContent-Length: 4\r\n\r\n", head);
        Assert.Equal("ping", body);
        rig.Pool.Return(connection);
        Assert.Equal(1, rig.Pool.IdleCount);
    }

    [Fact]
    public async Task Sends_a_body_of_unknown_length_in_chunks()
    {
        string? body = null;
        await using var rig = new Http1Rig(async peer =>
        {
            await peer.ExpectHeadAsync();
            body = await peer.ExpectAsync("0\r\n\r\n");
            await peer.SendAsync("HTTP/1.1 204 No Content\r\n\r\n");
            await peer.ExpectEndAsync();
        });
        var connection = await rig.RentAsync();
        var writer = rig.Begin(connection, "POST");
        writer.Chunked();
        writer.End();
        Assert.Equal(Fault.None, await connection.SendAsync("hello"u8.ToArray(), last: false));
        Assert.Equal(Fault.None, await connection.SendAsync(" you"u8.ToArray(), last: true));
        Assert.Equal(Fault.None, await connection.ReadHeadAsync());
        Assert.Equal("5\r\nhello\r\n4\r\n you\r\n0\r\n\r\n", body);
        rig.Pool.Return(connection);
    }
}
