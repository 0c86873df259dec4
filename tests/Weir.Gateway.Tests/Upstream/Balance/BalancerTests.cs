using System.Net;

namespace Weir.Gateway.Tests;

public sealed class BalancerTests
{
    [Fact]
    public void All_weights_zero_or_no_targets_fail_to_get_a_peer()
    {
        using var fixture = new BalancerFixture();
        foreach (var balancer in new[] { fixture.Load("10.0.0.1:80=0", "10.0.0.2:80=0"), fixture.Load(Array.Empty<string>()) })
        {
            Assert.True(balancer.IsReady);
            Assert.False(BalancerFixture.HasPeer(balancer));
            Assert.Equal("failure to get a peer from the ring-balancer", balancer.Fault);
        }
    }

    [Fact]
    public void A_host_that_does_not_resolve_fails_with_name_resolution()
    {
        using var fixture = new BalancerFixture();
        var balancer = fixture.State.UpdateHost("missing.test", 80);
        balancer.Activate();
        Assert.True(balancer.IsReady);
        Assert.False(BalancerFixture.HasPeer(balancer));
        Assert.Equal("name resolution failed", balancer.Fault);
    }

    [Fact]
    public void Weight_zero_takes_no_traffic()
    {
        using var fixture = new BalancerFixture();
        var balancer = fixture.Load("10.0.0.1:80=0", "10.0.0.2:80=1");
        Assert.Equal(["10.0.0.2:80"], BalancerFixture.Share(balancer, 20).Keys);
    }

    [Fact]
    public void A_target_removed_and_added_again_is_used_again_with_clean_health()
    {
        using var fixture = new BalancerFixture { Upstream = HealthTests.Passive(tcpFailures: 1) };
        var first = fixture.Load("10.0.0.1:80", "10.0.0.2:80");
        var peer = first.Present.Active.Single(static peer => peer.Address.Port == 80 && peer.Address.Address.ToString() == "10.0.0.1");
        first.Report(peer, Outcome.TcpFailure, default);
        fixture.Load("10.0.0.2:80");
        Assert.True(peer.IsRetired);
        var third = fixture.Load("10.0.0.1:80", "10.0.0.2:80");
        Assert.Equal(2, BalancerFixture.Share(third, 10).Count);
    }

    [Fact]
    public void A_reload_keeps_peers_with_their_health_connections_and_tag()
    {
        using var fixture = new BalancerFixture { Upstream = HealthTests.Passive(tcpFailures: 1) };
        var first = fixture.Load("10.0.0.1:80", "10.0.0.2:80");
        Assert.True(first.TryPick(default, out var busy));
        busy.Tag = "pool";
        first.Report(busy, Outcome.TcpFailure, default);

        fixture.Upstream = fixture.Upstream with { Algorithm = Config.BalancingAlgorithm.LeastConnections };
        var second = fixture.Load("10.0.0.1:80=7", "10.0.0.2:80", "10.0.0.3:80");
        Assert.DoesNotContain(busy, second.Present.Active);
        Assert.Equal(2, second.Present.Active.Length);
        second.SetHealth(busy.Target, null, healthy: true);
        Assert.Contains(busy, second.Present.Active);
        Assert.Equal((1, "pool"), (busy.InFlight, busy.Tag));
    }

    [Fact]
    public void A_snapshot_under_construction_changes_nothing_until_it_is_in_force()
    {
        using var fixture = new BalancerFixture();
        var old = fixture.Load("10.0.0.1:80");
        var peer = BalancerFixture.Pick(old);
        var next = fixture.State.Update(fixture.Upstream, [BalancerFixture.Target("10.0.0.2:80")]);
        Assert.False(peer.IsRetired);
        Assert.Same(peer, BalancerFixture.Pick(old));
        next.Dispose();
        Assert.False(peer.IsRetired);
    }

    [Fact]
    public void An_exchange_of_an_older_snapshot_still_chooses_among_its_own_targets()
    {
        using var fixture = new BalancerFixture();
        var old = fixture.Load("10.0.0.1:80");
        var current = fixture.Load("10.0.0.2:80");
        Assert.Equal("10.0.0.1:80", BalancerFixture.Pick(old).Address.ToString());
        Assert.Equal("10.0.0.2:80", BalancerFixture.Pick(current).Address.ToString());
    }

    [Fact]
    public void A_retired_peer_disposes_what_hangs_on_it()
    {
        using var fixture = new BalancerFixture();
        var pool = new CancellationTokenSource();
        BalancerFixture.Pick(fixture.Load("10.0.0.1:80")).Tag = pool;
        fixture.Load("10.0.0.2:80");
        Assert.Throws<ObjectDisposedException>(pool.Cancel);
    }

    [Fact]
    public void Failover_targets_get_traffic_only_when_no_other_is_available()
    {
        using var fixture = new BalancerFixture { Upstream = HealthTests.Passive(tcpFailures: 1) };
        var balancer = fixture.Load(BalancerFixture.Target("10.0.0.1:80"), BalancerFixture.Target("10.0.0.9:80", failover: true));
        Assert.Equal(["10.0.0.1:80"], BalancerFixture.Share(balancer, 10).Keys);
        balancer.SetHealth("10.0.0.1:80", null, healthy: false);
        Assert.Equal(["10.0.0.9:80"], BalancerFixture.Share(balancer, 10).Keys);
        balancer.SetHealth("10.0.0.1:80", null, healthy: true);
        Assert.Equal(["10.0.0.1:80"], BalancerFixture.Share(balancer, 10).Keys);
    }

    [Fact]
    public void A_name_with_two_addresses_is_two_peers_that_are_tracked_separately()
    {
        using var fixture = new BalancerFixture { Upstream = HealthTests.Passive(tcpFailures: 1) };
        fixture.Resolver.Set("two.test", "10.0.0.1", "10.0.0.2");
        var balancer = fixture.Load("two.test:80=5");
        Assert.Equal(new Dictionary<string, int> { ["10.0.0.1:80"] = 5, ["10.0.0.2:80"] = 5 }, BalancerFixture.Share(balancer, 10));
        Assert.All(balancer.Present.Active, static peer => Assert.Equal(("two.test", true), (peer.HostName, peer.IsNamed)));

        balancer.Report(balancer.Present.Active[0], Outcome.TcpFailure, default);
        Assert.Equal(["10.0.0.2:80"], BalancerFixture.Share(balancer, 10).Keys);
        Assert.Equal([ReportedHealth.Unhealthy, ReportedHealth.Healthy], balancer.ReadHealth()[0].Addresses.Select(static address => address.Health));
        Assert.Equal(ReportedHealth.Healthy, balancer.ReadHealth()[0].Health);
    }

    [Fact]
    public void An_srv_record_gives_port_and_weight_and_a_changed_port_is_followed()
    {
        using var fixture = new BalancerFixture();
        fixture.Resolver.Set("srv.test", Srv("10.0.0.1", 8001, 10), Srv("10.0.0.2", 8002, 30), Srv("10.0.0.3", 8003, 10, priority: 2));
        var balancer = fixture.Load("srv.test:80=7");
        Assert.Equal(new Dictionary<string, int> { ["10.0.0.1:8001"] = 1, ["10.0.0.2:8002"] = 3 }, BalancerFixture.Share(balancer, 4));

        fixture.Resolver.Set("srv.test", Srv("10.0.0.1", 9001, 0));
        fixture.Time.Advance(fixture.Resolver.Lifetime);
        Assert.Equal(["10.0.0.1:9001"], BalancerFixture.Share(balancer, 4).Keys);
    }

    [Theory]
    [InlineData(false, "srv.test")]
    [InlineData(true, "node.test")]
    public void Use_srv_name_sends_the_name_of_the_record_as_host(bool useSrvName, string host)
    {
        using var fixture = new BalancerFixture();
        fixture.Upstream = fixture.Upstream with { UseSrvName = useSrvName };
        fixture.Resolver.Set("srv.test", Srv("10.0.0.1", 8001, 10));
        Assert.Equal(host, BalancerFixture.Pick(fixture.Load("srv.test:80")).HostName);
    }

    [Fact]
    public void A_services_plain_host_follows_its_srv_port_and_all_its_addresses()
    {
        using var fixture = new BalancerFixture();
        fixture.Resolver.Set("srv.test", Srv("10.0.0.1", 8001, 0), Srv("10.0.0.2", 0, 0));
        var balancer = fixture.State.UpdateHost("srv.test", 80);
        balancer.Activate();
        Assert.Equal(new Dictionary<string, int> { ["10.0.0.1:8001"] = 2, ["10.0.0.2:80"] = 2 }, BalancerFixture.Share(balancer, 4));
    }

    [Fact]
    public void Names_are_resolved_again_when_they_expire_and_unchanged_addresses_stay_the_same_peer()
    {
        using var fixture = new BalancerFixture();
        fixture.Resolver.Set("a.test", "10.0.0.1", "10.0.0.2");
        var balancer = fixture.Load("a.test:80");
        var stays = balancer.Present.Active.Single(static peer => peer.Address.Address.ToString() == "10.0.0.2");
        fixture.Resolver.Set("a.test", "10.0.0.2", "10.0.0.3");
        fixture.Time.Advance(fixture.Resolver.Lifetime - TimeSpan.FromSeconds(1));
        Assert.Single(fixture.Resolver.Asked);
        fixture.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2, fixture.Resolver.Asked.Count);
        Assert.Equal(["10.0.0.2:80", "10.0.0.3:80"], balancer.Present.Active.Select(static peer => peer.Address.ToString()));
        Assert.Same(stays, balancer.Present.Active[0]);
    }

    [Fact]
    public void A_name_that_fails_is_reported_as_dns_error_and_retried_every_30_seconds()
    {
        using var fixture = new BalancerFixture { Upstream = HealthTests.Passive(tcpFailures: 1) };
        var balancer = fixture.Load("a.test:80", "10.0.0.9:80");
        Assert.Equal([ReportedHealth.DnsError, ReportedHealth.Healthy], balancer.ReadHealth().Select(static target => target.Health));
        fixture.Time.Advance(TimeSpan.FromSeconds(29));
        Assert.Single(fixture.Resolver.Asked);
        fixture.Resolver.Set("a.test", "10.0.0.1");
        fixture.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2, fixture.Resolver.Asked.Count);
        Assert.Equal(2, BalancerFixture.Share(balancer, 10).Count);
    }

    [Fact]
    public void A_name_that_stops_resolving_loses_its_peers_and_the_others_take_over()
    {
        using var fixture = new BalancerFixture();
        fixture.Resolver.Set("a.test", "10.0.0.1");
        var balancer = fixture.Load("a.test:80", "10.0.0.9:80");
        fixture.Resolver.Fail("a.test");
        fixture.Time.Advance(fixture.Resolver.Lifetime);
        Assert.Equal(["10.0.0.9:80"], BalancerFixture.Share(balancer, 10).Keys);
    }

    [Fact]
    public void A_balancer_that_is_no_longer_in_force_stops_asking_the_resolver()
    {
        using var fixture = new BalancerFixture();
        fixture.Resolver.Set("a.test", "10.0.0.1");
        var old = fixture.Load("a.test:80");
        fixture.Load("10.0.0.2:80");
        fixture.Time.Advance(TimeSpan.FromHours(1));
        Assert.Single(fixture.Resolver.Asked);
        Assert.True(BalancerFixture.HasPeer(old));
    }

    [Fact]
    public async Task Waits_for_names_that_are_still_being_resolved()
    {
        using var fixture = new BalancerFixture();
        var answer = new TaskCompletionSource<Resolution>();
        fixture.Resolver.Hold("slow.test", answer.Task);
        var balancer = fixture.Load("slow.test:80");
        Assert.False(balancer.IsReady);
        Assert.False(BalancerFixture.HasPeer(balancer));
        var ready = balancer.ReadyAsync(TestContext.Current.CancellationToken);
        Assert.False(ready.IsCompleted);
        answer.SetResult(Resolution.Literal(IPAddress.Parse("10.0.0.1")));
        await ready;
        Assert.True(BalancerFixture.HasPeer(balancer));
    }

    [Fact]
    public async Task A_name_that_is_slow_to_resolve_does_not_hold_up_the_other_targets()
    {
        using var fixture = new BalancerFixture();
        var answer = new TaskCompletionSource<Resolution>();
        fixture.Resolver.Hold("slow.test", answer.Task);
        var balancer = fixture.Load("slow.test:80", "10.0.0.2:80");
        Assert.True(balancer.IsReady);
        Assert.Equal(["10.0.0.2:80"], BalancerFixture.Share(balancer, 4).Keys);
        var settled = balancer.SettledAsync(TestContext.Current.CancellationToken);
        Assert.False(settled.IsCompleted);
        answer.SetResult(Resolution.Literal(IPAddress.Parse("10.0.0.1")));
        await settled;
        Assert.Equal(2, BalancerFixture.Share(balancer, 4).Count);
    }

    [Fact]
    public async Task A_resolver_that_throws_is_a_failed_name_and_is_asked_again_later()
    {
        using var fixture = new BalancerFixture();
        fixture.Resolver.Hold("bad.test", Task.FromException<Resolution>(new InvalidOperationException("broken")));
        var balancer = fixture.Load("bad.test:80");
        await balancer.SettledAsync(TestContext.Current.CancellationToken);
        Assert.False(BalancerFixture.HasPeer(balancer));
        Assert.Single(fixture.Resolver.Asked);
        fixture.Time.Advance(Balancer.FailedNameRetry);
        Assert.Equal(2, fixture.Resolver.Asked.Count);
    }

    [Fact]
    public async Task Expired_addresses_serve_until_their_refresh_is_there()
    {
        using var fixture = new BalancerFixture();
        var refresh = new TaskCompletionSource<Resolution>();
        fixture.Resolver.Hold("a.test", Task.FromResult(Resolution.Literal(IPAddress.Parse("10.0.0.1")) with { Refreshing = refresh.Task }));
        var balancer = fixture.Load("a.test:80");
        Assert.Equal(["10.0.0.1:80"], BalancerFixture.Share(balancer, 4).Keys);
        refresh.SetResult(Resolution.Literal(IPAddress.Parse("10.0.0.2")));
        for (var i = 0; i < 1000 && balancer.Present.Active[0].Address.ToString() != "10.0.0.2:80"; i++) await Task.Yield();
        Assert.Equal(["10.0.0.2:80"], BalancerFixture.Share(balancer, 4).Keys);
    }

    [Fact]
    public void Choosing_and_reporting_allocate_nothing()
    {
        using var fixture = new BalancerFixture();
        foreach (var algorithm in Enum.GetValues<Config.BalancingAlgorithm>())
        {
            fixture.Upstream = HealthTests.Passive(tcpFailures: 3) with { Algorithm = algorithm };
            var balancer = fixture.Load("10.0.0.1:80=10", "10.0.0.2:80=30", "10.0.0.3:80=5");
            var tried = new Peer[] { BalancerFixture.Pick(balancer) };
            Assert.Equal(0, Allocation.LeastBytes(() => Run(balancer, tried)));
        }

        static void Run(Balancer balancer, Peer[] tried)
        {
            for (var i = 0; i < 100; i++)
            {
                if (!balancer.TryPick(new PickInput((ulong)i, i % 2 == 0 ? default : tried), out var peer)) throw new InvalidOperationException();
                balancer.Report(peer, Outcome.Answered(200), TimeSpan.FromMilliseconds(i));
                balancer.Release(peer);
            }
        }
    }

    static ResolvedAddress Srv(string address, int port, int weight, int priority = 1) => new(IPAddress.Parse(address), port, weight, priority, "node.test");
}
