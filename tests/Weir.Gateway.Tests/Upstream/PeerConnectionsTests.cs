using System.Net;

namespace Weir.Gateway.Tests;

/// <summary>What becomes of the connections to an address that no configuration in force names any more.</summary>
public sealed class PeerConnectionsTests : IAsyncLifetime
{
    readonly ScriptedUpstream _upstream = new(Http1Rig.Answer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
    readonly Transports _transports = new(new SocketConnector(), PoolLimits.Default, Http1Limits.Default, new UpstreamClock(new ManualTime()));
    Peer _peer = null!;

    public ValueTask InitializeAsync()
    {
        _peer = new Peer(IPAddress.Loopback.ToString(), _upstream.Address, "upstream.test:80");
        return default;
    }

    public ValueTask DisposeAsync()
    {
        _transports.Dispose();
        return _upstream.DisposeAsync();
    }

    [Fact]
    public async Task Idle_connections_close_when_the_address_is_retired()
    {
        var pool = await ExchangeAsync();
        Assert.Equal(1, pool.IdleCount);
        _peer.Retire();
        Assert.Equal(0, pool.OpenCount);
    }

    [Fact]
    public async Task A_request_under_way_ends_as_it_began_and_then_the_connections_close()
    {
        var pool = await ExchangeAsync();
        _peer.Take();
        _peer.Retire();
        Assert.Same(pool, PeerConnections.Of(_peer, _transports).Pool(null));
        await ExchangeAsync();
        Assert.Equal(1, pool.IdleCount);
        _peer.Release();
        Assert.Equal(0, pool.OpenCount);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_request_that_chooses_a_retired_address_is_sent_and_leaves_nothing_open(bool wasUsedBefore)
    {
        var before = wasUsedBefore ? await ExchangeAsync() : null;
        _peer.Retire();
        for (var i = 0; i < 2; i++)
        {
            var pool = await ExchangeAsync();
            Assert.NotSame(before, pool);
            Assert.Equal(0, pool.OpenCount);
        }
    }

    [Fact]
    public void Channels_of_a_retired_address_are_made_anew_too()
    {
        _peer.Retire();
        _peer.Take();
        var first = PeerConnections.Of(_peer, _transports).Http2(null);
        Assert.Same(first, PeerConnections.Of(_peer, _transports).Http2(null));
        _peer.Release();
        Assert.NotSame(first, PeerConnections.Of(_peer, _transports).Http2(null));
    }

    /// <summary>A whole exchange, from the choice of the peer to its release; the pool that it used.</summary>
    async Task<Http1Pool> ExchangeAsync()
    {
        _peer.Take();
        var pool = PeerConnections.Of(_peer, _transports).Pool(null);
        var rental = await pool.RentAsync(TimeSpan.FromSeconds(5), CancellationToken.None);
        var connection = rental.Connection!;
        var head = connection.BeginRequest("GET", "/", "", UpstreamTimeouts.Default);
        head.Header("Host", "upstream.test");
        head.End();
        Assert.Equal(Fault.None, await connection.SendAsync(default, last: true));
        Assert.Equal(Fault.None, await connection.ReadHeadAsync());
        await Http1Rig.ReadAsync(connection);
        pool.Return(connection);
        _peer.Release();
        return pool;
    }
}
