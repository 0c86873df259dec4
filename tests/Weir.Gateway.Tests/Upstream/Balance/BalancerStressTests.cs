using Weir.Config;

namespace Weir.Gateway.Tests;

public sealed class BalancerStressTests
{
    [Theory]
    [InlineData("RoundRobin")]
    [InlineData("LeastConnections")]
    [InlineData("ConsistentHashing")]
    [InlineData("Latency")]
    public async Task Picks_reports_reloads_resolutions_and_health_changes_at_once_end_with_every_count_at_zero(string algorithm)
    {
        var upstream = HealthTests.Passive(tcpFailures: 1, successes: 1) with { Algorithm = Enum.Parse<BalancingAlgorithm>(algorithm) };
        using var fixture = new BalancerFixture { Upstream = upstream };
        fixture.Resolver.Set("a.test", "10.0.1.1", "10.0.1.2");
        string[] targets = ["10.0.0.1:80=1", "10.0.0.2:80=3", "10.0.0.3:80=5", "a.test:80=2"];
        var balancer = fixture.Load(targets);
        var peers = new HashSet<Peer>();
        var done = false;

        var traffic = Enumerable.Range(0, 3).Select(seed => Task.Run(() =>
        {
            var random = new Random(seed);
            for (var i = 0; i < 20_000; i++)
            {
                var current = Volatile.Read(ref balancer);
                if (!current.TryPick(new PickInput((ulong)random.NextInt64(), default), out var peer)) continue;
                lock (peers) peers.Add(peer);
                current.Report(peer, random.Next(3) == 0 ? Outcome.TcpFailure : Outcome.Answered(200), TimeSpan.FromMilliseconds(1));
                current.Release(peer);
            }
        })).ToArray();
        var changes = Task.Run(async () =>
        {
            for (var i = 0; !Volatile.Read(ref done); i++)
            {
                var before = balancer;
                Volatile.Write(ref balancer, fixture.Load([.. targets.Skip(i % 3)]));
                if (i % 2 == 0) before.Dispose();
                foreach (var target in targets) balancer.SetHealth(target.Split('=')[0], null, healthy: true);
                fixture.Time.Advance(fixture.Resolver.Lifetime);
                await Task.Yield();
            }
        });
        await Task.WhenAll(traffic);
        Volatile.Write(ref done, true);
        await changes;

        Assert.All(peers, static peer => Assert.Equal(0, peer.InFlight));
        foreach (var target in targets) balancer.SetHealth(target.Split('=')[0], null, healthy: true);
        Assert.True(BalancerFixture.HasPeer(balancer));
        Assert.All(balancer.Present.Active, static peer => Assert.False(peer.IsRetired));
    }
}
