using System.Net;
using System.Net.Sockets;

namespace Weir.Gateway.Tests;

public sealed class ReuseTests
{
    const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    [Fact]
    public async Task Takes_another_connection_when_the_idle_one_was_closed()
    {
        await using var rig = new Http1Rig(Http1Rig.AnswerOnce(Ok), Http1Rig.Answer(Ok));
        await rig.ExchangeAsync();
        await rig.UpstreamEndsIdleAsync();
        var got = await rig.ExchangeAsync();
        Assert.Equal(("ok", 2), (got.Body, rig.Upstream.Accepted));
        Assert.Equal(1, rig.Pool.OpenCount);
    }

    [Fact]
    public async Task Takes_another_connection_when_the_idle_one_holds_an_answer_nobody_asked_for()
    {
        var unasked = new TaskCompletionSource();
        await using var rig = new Http1Rig(
            async peer =>
            {
                await peer.ExpectHeadAsync();
                await peer.SendAsync(Ok);
                await unasked.Task;
                await peer.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
                await peer.ExpectEndAsync();
            },
            Http1Rig.Answer(Ok));
        await rig.ExchangeAsync();
        unasked.SetResult();
        await rig.UpstreamEndsIdleAsync();
        Assert.Equal("ok", (await rig.ExchangeAsync()).Body);
        Assert.Equal(2, rig.Upstream.Accepted);
    }

    [Fact]
    public async Task Says_that_a_reused_connection_was_closed_before_the_response()
    {
        await using var rig = new Http1Rig(
            async peer =>
            {
                await peer.ExpectHeadAsync();
                await peer.SendAsync(Ok);
                await peer.ExpectHeadAsync();
            },
            Http1Rig.Answer(Ok));
        await rig.ExchangeAsync();
        var connection = await rig.SendAsync();
        Assert.Equal(Fault.ClosedBeforeResponse, await connection.ReadHeadAsync());
        Assert.Equal((true, true, false), (connection.IsReused, connection.RequestBytesSent, connection.ResponseBytesSeen));
        rig.Pool.Return(connection);
        Assert.Equal(0, rig.Pool.OpenCount);
    }

    [Fact]
    public async Task Says_that_a_reset_before_the_response_is_no_more_than_that()
    {
        await using var rig = new Http1Rig(async peer =>
        {
            await peer.ExpectHeadAsync();
            peer.Reset();
        });
        Assert.Equal(Fault.ClosedBeforeResponse, (await rig.FaultOfHeadAsync()).Fault);
    }

    [Fact]
    public async Task Says_that_a_reset_cut_the_head()
    {
        await using var rig = new Http1Rig(async peer =>
        {
            await peer.ExpectHeadAsync();
            await peer.SendAsync("HTTP/1.1 200 OK\r\nContent-");
            await peer.ExpectAsync("seen");
            peer.Reset();
        });
        var connection = await rig.SendAsync();
        var reading = connection.ReadHeadAsync();
        await connection.SendRawAsync("seen"u8.ToArray());
        Assert.Equal(Fault.HeadTruncated, await reading);
        rig.Pool.Return(connection);
    }

    [Fact]
    public async Task Says_that_a_reset_cut_the_body()
    {
        await using var rig = new Http1Rig(async peer =>
        {
            await peer.ExpectHeadAsync();
            await peer.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello");
            await peer.ExpectAsync("seen");
            peer.Reset();
        });
        var connection = await rig.SendAsync();
        Assert.Equal(Fault.None, await connection.ReadHeadAsync());
        var buffer = new byte[100];
        Assert.Equal(new BodyRead(5, false), await connection.ReadBodyAsync(buffer));
        await connection.SendRawAsync("seen"u8.ToArray());
        Assert.Equal(new BodyRead(0, false, Fault.BodyTruncated), await connection.ReadBodyAsync(buffer));
        rig.Pool.Return(connection);
        Assert.Equal(0, rig.Pool.OpenCount);
    }

    [Fact]
    public async Task Closes_a_connection_whose_response_was_not_read_to_its_end()
    {
        await using var rig = new Http1Rig(Http1Rig.Answer("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789"));
        var connection = await rig.SendAsync();
        await connection.ReadHeadAsync();
        await connection.ReadBodyAsync(new byte[4]);
        rig.Pool.Return(connection);
        Assert.Equal(0, rig.Pool.OpenCount);
    }

    [Fact]
    public async Task Closes_a_connection_that_was_not_used()
    {
        await using var rig = new Http1Rig(Http1Rig.Answer(Ok));
        rig.Pool.Return(await rig.RentAsync());
        Assert.Equal(0, rig.Pool.OpenCount);
    }

    [Fact]
    public async Task Refuses_a_connection_that_is_given_back_twice()
    {
        await using var rig = new Http1Rig(Http1Rig.Answer(Ok));
        var connection = await rig.SendAsync();
        await connection.ReadHeadAsync();
        await Http1Rig.ReadAsync(connection);
        rig.Pool.Return(connection);
        Assert.Throws<InvalidOperationException>(() => rig.Pool.Return(connection));
        Assert.Equal(1, rig.Pool.IdleCount);
    }

    [Fact]
    public async Task Sends_a_large_body_whole()
    {
        var body = new byte[1_000_003];
        new Random(1).NextBytes(body);
        string? received = null;
        await using var rig = new Http1Rig(async peer =>
        {
            await peer.ExpectHeadAsync();
            received = await peer.ExpectBytesAsync(body.Length);
            await peer.SendAsync(Ok);
            await peer.ExpectEndAsync();
        });
        var connection = await rig.RentAsync();
        var writer = rig.Begin(connection, "PUT");
        writer.ContentLength(body.Length);
        writer.End();
        Assert.Equal(Fault.None, await connection.SendAsync(body, last: true));
        Assert.Equal(Fault.None, await connection.ReadHeadAsync());
        Assert.Equal(System.Text.Encoding.Latin1.GetString(body), received);
        Assert.Equal("ok", (await Http1Rig.ReadAsync(connection)).Body);
        rig.Pool.Return(connection);
        Assert.Equal(1, rig.Pool.IdleCount);
    }

    [Fact]
    public async Task Closes_a_connection_after_its_last_request()
    {
        await using var rig = new Http1Rig(new() { RequestsPerConnectionMax = 3 }, Http1Limits.Default, Http1Rig.Answer(Ok));
        for (var i = 0; i < 7; i++) await rig.ExchangeAsync();
        Assert.Equal(3, rig.Upstream.Accepted);
    }

    [Fact]
    public async Task Keeps_no_more_idle_connections_than_allowed()
    {
        await using var rig = new Http1Rig(new() { IdleMax = 2 }, Http1Limits.Default, Http1Rig.Answer(Ok));
        var connections = new List<Http1Connection>();
        for (var i = 0; i < 4; i++) connections.Add(await rig.SendAsync());
        foreach (var connection in connections)
        {
            await connection.ReadHeadAsync();
            await Http1Rig.ReadAsync(connection);
            rig.Pool.Return(connection);
        }
        Assert.Equal((2, 2), (rig.Pool.IdleCount, rig.Pool.OpenCount));
    }

    [Fact]
    public async Task Takes_the_connection_used_last()
    {
        await using var rig = new Http1Rig(Http1Rig.Answer(Ok));
        var first = await rig.SendAsync();
        var second = await rig.SendAsync();
        foreach (var connection in new[] { first, second })
        {
            await connection.ReadHeadAsync();
            await Http1Rig.ReadAsync(connection);
            rig.Pool.Return(connection);
        }
        Assert.Same(second, await rig.RentAsync());
        Assert.Same(first, await rig.RentAsync());
        rig.Pool.Return(first);
        rig.Pool.Return(second);
    }

    [Fact]
    public async Task Closes_connections_that_were_idle_for_too_long()
    {
        await using var rig = new Http1Rig(Http1Rig.Answer(Ok));
        await rig.ExchangeAsync();
        rig.Time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(1, rig.Pool.IdleCount);
        rig.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((0, 0), (rig.Pool.IdleCount, rig.Pool.OpenCount));
    }

    [Fact]
    public async Task Closes_idle_connections_with_the_pool_and_used_ones_when_they_come_back()
    {
        await using var rig = new Http1Rig(Http1Rig.Answer(Ok));
        var used = await rig.SendAsync();
        await rig.ExchangeAsync();
        rig.Pool.Dispose();
        Assert.Equal((0, 1), (rig.Pool.IdleCount, rig.Pool.OpenCount));
        Assert.Equal(Fault.None, await used.ReadHeadAsync());
        Assert.Equal("ok", (await Http1Rig.ReadAsync(used)).Body);
        rig.Pool.Return(used);
        Assert.Equal(0, rig.Pool.OpenCount);
        Assert.Equal(Fault.Aborted, (await rig.Pool.RentAsync(TimeSpan.FromSeconds(1), default)).Fault);
    }

    [Fact]
    public async Task Says_that_nobody_listens()
    {
        using var clock = new UpstreamClock(new ManualTime());
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var pool = new Http1Pool(new((IPEndPoint)taken.LocalEndPoint!), new SocketConnector(), PoolLimits.Default, Http1Limits.Default, clock);
        var rental = await pool.RentAsync(TimeSpan.FromSeconds(5), default);
        Assert.Equal((null, Fault.ConnectRefused), (rental.Connection, rental.Fault));
        Assert.Equal(0, pool.OpenCount);
    }

    [Fact]
    public async Task Says_that_connecting_took_too_long()
    {
        var time = new ManualTime();
        using var clock = new UpstreamClock(time);
        using var pool = new Http1Pool(new(new(IPAddress.Loopback, 1)), new StuckConnector(), PoolLimits.Default, Http1Limits.Default, clock);
        var renting = pool.RentAsync(TimeSpan.FromSeconds(5), default);
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(Fault.ConnectTimeout, (await renting).Fault);
    }

    [Fact]
    public async Task Stops_connecting_when_the_client_has_gone()
    {
        using var clock = new UpstreamClock(new ManualTime());
        using var pool = new Http1Pool(new(new(IPAddress.Loopback, 1)), new StuckConnector(), PoolLimits.Default, Http1Limits.Default, clock);
        using var gone = new CancellationTokenSource();
        var renting = pool.RentAsync(TimeSpan.FromSeconds(5), gone.Token);
        await gone.CancelAsync();
        Assert.Equal(Fault.Aborted, (await renting).Fault);
    }

    sealed class StuckConnector : IConnector
    {
        public async ValueTask<ConnectResult> ConnectAsync(UpstreamEndpoint endpoint, CancellationToken stop)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, stop);
            return default;
        }
    }
}
