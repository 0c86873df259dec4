using Weir.Config;

namespace Weir.Gateway.Tests;

public sealed class LowestLatencyTests
{
    static readonly UpstreamConfig Upstream = new() { Name = "u", Algorithm = BalancingAlgorithm.Latency };

    static void Serve(BalancerFixture fixture, Balancer balancer, int requests, Func<Peer, int> latencyMs, Dictionary<Peer, int>? counts = null)
    {
        for (var i = 0; i < requests; i++)
        {
            var peer = BalancerFixture.Pick(balancer);
            if (counts is not null) counts[peer] = counts.GetValueOrDefault(peer) + 1;
            balancer.Report(peer, Outcome.Answered(200), TimeSpan.FromMilliseconds(latencyMs(peer)));
            fixture.Time.Advance(TimeSpan.FromMilliseconds(10));
        }
    }

    [Fact]
    public void Prefers_the_fast_target()
    {
        using var fixture = new BalancerFixture { Upstream = Upstream };
        var balancer = fixture.Load("10.0.0.1:80", "10.0.0.2:80");
        var slow = balancer.Present.Active[0];
        Serve(fixture, balancer, 10, peer => peer == slow ? 200 : 5);
        var counts = new Dictionary<Peer, int>();
        Serve(fixture, balancer, 200, peer => peer == slow ? 200 : 5, counts);
        Assert.True(counts[balancer.Present.Active[1]] > 190, $"{counts[balancer.Present.Active[1]]} of 200 went to the fast target");
    }

    [Fact]
    public void A_target_that_was_slow_once_is_tried_again_later()
    {
        using var fixture = new BalancerFixture { Upstream = Upstream };
        var balancer = fixture.Load("10.0.0.1:80", "10.0.0.2:80");
        var recovers = balancer.Present.Active[0];
        recovers.Latency.Observe(TimeSpan.FromSeconds(2), fixture.Time);
        var counts = new Dictionary<Peer, int>();
        Serve(fixture, balancer, 12_000, static _ => 5, counts);
        Assert.True(counts[recovers] > 1000, $"{counts[recovers]} went to it");
    }

    [Fact]
    public void A_slow_answer_counts_at_once_and_fades_in_ten_seconds()
    {
        var time = new ManualTime();
        var latency = new PeerLatency();
        Assert.False(latency.IsMeasured);
        latency.Observe(TimeSpan.FromMilliseconds(10), time);
        latency.Observe(TimeSpan.FromMilliseconds(400), time);
        Assert.Equal(400, latency.AverageMs(time.GetTimestamp(), time));
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(400 / Math.E, latency.AverageMs(time.GetTimestamp(), time), 6);
        latency.Observe(TimeSpan.FromMilliseconds(100), time);
        Assert.Equal(400 / Math.E + 100 * (1 - 1 / Math.E), latency.AverageMs(time.GetTimestamp(), time), 6);
    }

    [Fact]
    public void A_refused_connection_does_not_make_a_dead_target_attractive()
    {
        using var fixture = new BalancerFixture { Upstream = Upstream };
        var balancer = fixture.Load("10.0.0.1:80", "10.0.0.2:80");
        balancer.Report(balancer.Present.Active[0], Outcome.TcpFailure, TimeSpan.FromMilliseconds(1));
        Assert.False(balancer.Present.Active[0].Latency.IsMeasured);
        balancer.Report(balancer.Present.Active[0], Outcome.Timeout, TimeSpan.FromSeconds(60));
        Assert.True(balancer.Present.Active[0].Latency.IsMeasured);
    }

    [Fact]
    public void An_unmeasured_target_gets_one_request_at_a_time()
    {
        using var fixture = new BalancerFixture { Upstream = Upstream };
        var balancer = fixture.Load("10.0.0.1:80", "10.0.0.2:80");
        var (known, fresh) = (balancer.Present.Active[0], balancer.Present.Active[1]);
        known.Latency.Observe(TimeSpan.FromMilliseconds(20), fixture.Time);
        for (var i = 0; i < 20; i++) Assert.True(balancer.TryPick(default, out _));
        Assert.Equal((19, 1), (known.InFlight, fresh.InFlight));
    }

    [Fact]
    public void A_retry_avoids_what_was_tried()
    {
        using var fixture = new BalancerFixture { Upstream = Upstream };
        var balancer = fixture.Load("10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80");
        var peers = balancer.Present.Active;
        for (var i = 0; i < 50; i++) Assert.Same(peers[2], BalancerFixture.Pick(balancer, null, peers[0], peers[1]));
    }
}
