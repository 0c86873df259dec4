namespace Weir.Gateway.Tests;

public sealed class TimeoutTests
{
    static readonly UpstreamTimeouts Short = new(WriteMs: 2_000, ReadMs: 3_000);

    [Fact]
    public async Task Gives_up_on_an_upstream_that_does_not_answer()
    {
        await using var rig = new Http1Rig(Silent) { Timeouts = Short };
        var connection = await rig.SendAsync();
        var reading = connection.ReadHeadAsync();
        rig.Time.Advance(TimeSpan.FromMilliseconds(3_000));
        Assert.False(reading.IsCompleted);
        rig.Time.Advance(TimeSpan.FromMilliseconds(2 * UpstreamClock.TickMs));
        Assert.Equal(Fault.ReadTimeout, await reading);
        rig.Pool.Return(connection);
        Assert.Equal(0, rig.Pool.OpenCount);
    }

    [Fact]
    public async Task Gives_up_on_an_upstream_that_stops_inside_the_head()
    {
        await using var rig = new Http1Rig(async peer =>
        {
            await peer.ExpectHeadAsync();
            await peer.SendAsync("HTTP/1.1 200 OK\r\nA: ");
            await peer.ExpectEndAsync();
        });
        rig.Timeouts = Short;
        var connection = await rig.SendAsync();
        var reading = connection.ReadHeadAsync().AsTask();
        while (!connection.ResponseBytesSeen) await Task.Yield();
        await Passing(rig, reading);
        rig.Pool.Return(connection);
        Assert.Equal("the upstream did not answer in time", connection.Reason);
    }

    [Fact]
    public async Task Gives_up_on_an_upstream_that_stops_inside_the_body()
    {
        await using var rig = new Http1Rig(async peer =>
        {
            await peer.ExpectHeadAsync();
            await peer.SendAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe");
            await peer.ExpectEndAsync();
        });
        rig.Timeouts = Short;
        var connection = await rig.SendAsync();
        await connection.ReadHeadAsync();
        var buffer = new byte[16];
        for (var got = 0; got < 2;) got += (await connection.ReadBodyAsync(buffer)).Count;
        var reading = connection.ReadBodyAsync(buffer).AsTask();
        await Passing(rig, reading);
        Assert.Equal(new(0, false, Fault.ReadTimeout), await reading);
        rig.Pool.Return(connection);
    }

    [Fact]
    public async Task Counts_from_the_last_read()
    {
        var more = new SemaphoreSlim(0);
        await using var rig = new Http1Rig(async peer =>
        {
            await peer.ExpectHeadAsync();
            await peer.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
            for (var i = 0; i < 5; i++)
            {
                await more.WaitAsync(peer.Stop);
                await peer.SendAsync("x");
            }
        });
        rig.Timeouts = Short;
        var connection = await rig.SendAsync();
        await connection.ReadHeadAsync();
        var buffer = new byte[1];
        for (var i = 0; i < 5; i++)
        {
            var reading = connection.ReadBodyAsync(buffer);
            rig.Time.Advance(TimeSpan.FromMilliseconds(2_900));
            more.Release();
            Assert.Equal(1, (await reading).Count);
        }
        rig.Pool.Return(connection);
    }

    [Fact]
    public async Task Does_not_count_the_time_in_which_the_request_is_still_being_sent()
    {
        await using var rig = new Http1Rig(async peer =>
        {
            await peer.ExpectHeadAsync();
            await peer.ExpectBytesAsync(2);
            await peer.SendAsync("HTTP/1.1 204 No Content\r\n\r\n");
            await peer.ExpectEndAsync();
        });
        rig.Timeouts = Short;
        var connection = await rig.RentAsync();
        var writer = rig.Begin(connection, "POST");
        writer.ContentLength(2);
        writer.End();
        await connection.SendAsync("a"u8.ToArray(), last: false);
        var reading = connection.ReadHeadAsync();
        rig.Time.Advance(TimeSpan.FromMinutes(10));
        Assert.False(reading.IsCompleted);
        await connection.SendAsync("b"u8.ToArray(), last: true);
        Assert.Equal(Fault.None, await reading);
        rig.Pool.Return(connection);
        Assert.Equal(1, rig.Pool.IdleCount);
    }

    [Fact]
    public async Task Gives_up_on_an_upstream_that_takes_no_bytes()
    {
        await using var rig = new Http1Rig(async peer => await Task.Delay(Timeout.InfiniteTimeSpan, peer.Stop)) { Timeouts = Short };
        var connection = await rig.RentAsync();
        var writer = rig.Begin(connection, "POST");
        var body = new byte[64 * 1024 * 1024];
        writer.ContentLength(body.Length);
        writer.End();
        var sending = connection.SendAsync(body, last: true);
        await Passing(rig, sending.AsTask());
        rig.Pool.Return(connection);
        Assert.Equal((0, "the upstream took no bytes in time"), (rig.Pool.OpenCount, connection.Reason));
    }

    [Fact]
    public async Task Fails_what_is_under_way_when_the_client_has_gone()
    {
        await using var rig = new Http1Rig(Silent);
        var connection = await rig.SendAsync();
        var reading = connection.ReadHeadAsync();
        await Task.Run(connection.Abort);
        Assert.Equal(Fault.Aborted, await reading);
        rig.Pool.Return(connection);
        Assert.Equal(0, rig.Pool.OpenCount);
    }

    [Fact]
    public async Task Does_not_keep_a_connection_that_was_aborted_after_its_end()
    {
        await using var rig = new Http1Rig(Http1Rig.Answer("HTTP/1.1 204 No Content\r\n\r\n"));
        var connection = await rig.SendAsync();
        await connection.ReadHeadAsync();
        connection.Abort();
        rig.Pool.Return(connection);
        Assert.Equal((0, 0), (rig.Pool.IdleCount, rig.Pool.OpenCount));
    }

    static async Task Silent(UpstreamPeer peer)
    {
        await peer.ExpectHeadAsync();
        await peer.ExpectEndAsync();
    }

    /// <summary>
    /// Lets time pass until the operation has ended. The bytes that the upstream did send may come in between and start the wait anew, hence the loop.
    /// </summary>
    static async Task Passing(Http1Rig rig, Task operation)
    {
        while (!operation.IsCompleted)
        {
            rig.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
        await operation;
    }
}
