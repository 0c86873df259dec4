using Weir.Config;

namespace Weir.Gateway.Tests;

public sealed class LeastConnectionsTests
{
    static readonly UpstreamConfig Upstream = new() { Name = "u", Algorithm = BalancingAlgorithm.LeastConnections };

    [Fact]
    public void Chooses_the_peer_with_the_fewest_connections_for_its_weight()
    {
        using var fixture = new BalancerFixture { Upstream = Upstream };
        var balancer = fixture.Load("10.0.0.1:80=10", "10.0.0.2:80=30");
        for (var i = 0; i < 40; i++) Assert.True(balancer.TryPick(default, out _));
        Assert.Equal([10, 30], balancer.Present.Active.Select(static peer => peer.InFlight));
    }

    [Fact]
    public void A_released_connection_makes_room()
    {
        using var fixture = new BalancerFixture { Upstream = Upstream };
        var balancer = fixture.Load("10.0.0.1:80", "10.0.0.2:80");
        for (var i = 0; i < 10; i++) Assert.True(balancer.TryPick(default, out _));
        var free = balancer.Present.Active[1];
        for (var i = 0; i < 3; i++) balancer.Release(free);
        for (var i = 0; i < 3; i++)
        {
            Assert.True(balancer.TryPick(default, out var peer));
            Assert.Same(free, peer);
        }
    }

    [Fact]
    public void An_idle_upstream_is_shared_evenly()
    {
        using var fixture = new BalancerFixture { Upstream = Upstream };
        var share = BalancerFixture.Share(fixture.Load("10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80"), 30);
        Assert.All(share.Values, static count => Assert.Equal(10, count));
    }

    [Fact]
    public void A_retry_avoids_what_was_tried_even_when_that_is_idle()
    {
        using var fixture = new BalancerFixture { Upstream = Upstream };
        var balancer = fixture.Load("10.0.0.1:80", "10.0.0.2:80");
        var (idle, busy) = (balancer.Present.Active[0], balancer.Present.Active[1]);
        for (var i = 0; i < 9; i++) busy.Take();
        Assert.Same(busy, BalancerFixture.Pick(balancer, null, idle));
        Assert.Same(idle, BalancerFixture.Pick(balancer, null, idle, busy));
    }
}
