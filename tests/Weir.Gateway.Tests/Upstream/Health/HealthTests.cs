using FsCheck;
using FsCheck.Fluent;
using Weir.Config;

namespace Weir.Gateway.Tests;

public sealed class HealthTests
{
    internal static UpstreamConfig Passive(
        int tcpFailures = 0, int timeouts = 0, int httpFailures = 0, int successes = 0, double threshold = 0,
        CheckType type = CheckType.Http, int[]? statuses = null) => new()
        {
            Name = "u",
            Healthchecks = new HealthChecks
            {
                Threshold = threshold,
                Passive = new PassiveChecks
                {
                    Type = type,
                    Healthy = new PassiveHealthy { Successes = successes },
                    Unhealthy = new PassiveUnhealthy
                    {
                        TcpFailures = tcpFailures,
                        Timeouts = timeouts,
                        HttpFailures = httpFailures,
                        HttpStatuses = statuses ?? [429, 500, 503],
                    },
                },
            },
        };

    static void Report(Balancer balancer, Peer peer, params int[] statuses)
    {
        foreach (var status in statuses) balancer.Report(peer, Outcome.Answered(status), default);
    }

    [Fact]
    public void Three_failures_of_http_failures_3_take_a_target_out_and_it_stays_out()
    {
        using var fixture = new BalancerFixture { Upstream = Passive(httpFailures: 3, statuses: [500]) };
        var balancer = fixture.Load("10.0.0.1:80", "10.0.0.2:80");
        var peer = balancer.Present.Active[0];
        Report(balancer, peer, 500, 500);
        Assert.Equal(2, BalancerFixture.Share(balancer, 10).Count);
        Report(balancer, peer, 500);
        Assert.Equal(["10.0.0.2:80"], BalancerFixture.Share(balancer, 10).Keys);
        fixture.Time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(["10.0.0.2:80"], BalancerFixture.Share(balancer, 10).Keys);
        Assert.Equal([new HealthChange("u", peer, false, HealthCause.Traffic)], fixture.Changes);
    }

    [Theory]
    [InlineData(404)]
    [InlineData(503)]
    [InlineData(418)]
    public void A_status_in_neither_list_has_no_effect(int status)
    {
        using var fixture = new BalancerFixture { Upstream = Passive(httpFailures: 1, successes: 1, statuses: [500]) };
        var balancer = fixture.Load("10.0.0.1:80");
        Report(balancer, balancer.Present.Active[0], status, status, status);
        Assert.Equal(HealthState.Healthy, balancer.Present.Active[0].Health.State);
    }

    [Fact]
    public void A_threshold_of_zero_switches_its_counter_off()
    {
        using var fixture = new BalancerFixture { Upstream = Passive(tcpFailures: 1) };
        var balancer = fixture.Load("10.0.0.1:80");
        var peer = balancer.Present.Active[0];
        Report(balancer, peer, 500, 500, 500);
        balancer.Report(peer, Outcome.Timeout, default);
        Assert.Equal((HealthState.Healthy, 0), (peer.Health.State, peer.Health.Failures));
        balancer.Report(peer, Outcome.TcpFailure, default);
        Assert.False(BalancerFixture.HasPeer(balancer));
    }

    [Fact]
    public void Refusals_timeouts_and_statuses_are_counted_apart()
    {
        using var fixture = new BalancerFixture { Upstream = Passive(tcpFailures: 2, timeouts: 2, httpFailures: 2) };
        var balancer = fixture.Load("10.0.0.1:80");
        var peer = balancer.Present.Active[0];
        balancer.Report(peer, Outcome.TcpFailure, default);
        balancer.Report(peer, Outcome.Timeout, default);
        Report(balancer, peer, 500);
        Assert.Equal((HealthState.MostlyHealthy, 3), (peer.Health.State, peer.Health.Failures));
        balancer.Report(peer, Outcome.Timeout, default);
        Assert.Equal(HealthState.Unhealthy, peer.Health.State);
    }

    [Fact]
    public void A_504_of_the_target_counts_as_a_timeout()
    {
        using var fixture = new BalancerFixture { Upstream = Passive(timeouts: 1) };
        var balancer = fixture.Load("10.0.0.1:80");
        Report(balancer, balancer.Present.Active[0], 504);
        Assert.False(BalancerFixture.HasPeer(balancer));
    }

    [Fact]
    public void With_type_tcp_any_answer_is_a_success()
    {
        using var fixture = new BalancerFixture { Upstream = Passive(tcpFailures: 2, successes: 1, httpFailures: 1, type: CheckType.Tcp) };
        var balancer = fixture.Load("10.0.0.1:80");
        var peer = balancer.Present.Active[0];
        balancer.Report(peer, Outcome.TcpFailure, default);
        Report(balancer, peer, 500);
        Assert.Equal((HealthState.Healthy, 0), (peer.Health.State, peer.Health.Failures));
    }

    [Fact]
    public void Success_clears_failures_and_failure_clears_successes()
    {
        var health = new PeerHealth();
        health.Observe(Observation.TcpFailure, 3);
        health.Observe(Observation.TcpFailure, 3);
        Assert.Equal(2, health.Failures);
        health.Observe(Observation.Success, 2);
        Assert.Equal((0, 1, HealthState.MostlyHealthy), (health.Failures, health.Successes, health.State));
        health.Observe(Observation.HttpFailure, 3);
        Assert.Equal((1, 0), (health.Failures, health.Successes));
    }

    [Fact]
    public void States_go_through_mostly_in_both_directions()
    {
        var health = new PeerHealth();
        Assert.False(health.Observe(Observation.Timeout, 2));
        Assert.Equal(HealthState.MostlyHealthy, health.State);
        Assert.True(health.Observe(Observation.Timeout, 2));
        Assert.Equal(HealthState.Unhealthy, health.State);
        Assert.False(health.Observe(Observation.Success, 2));
        Assert.Equal(HealthState.MostlyUnhealthy, health.State);
        Assert.True(health.Observe(Observation.Success, 2));
        Assert.Equal(HealthState.Healthy, health.State);
    }

    [Fact]
    public void Any_sequence_of_observations_keeps_the_states_meaning() =>
        Prop.ForAll(Gen.Choose(0, 3).Zip(Gen.Choose(0, 3)).ListOf().ToArbitrary(), steps =>
        {
            var health = new PeerHealth();
            foreach (var (kind, threshold) in steps)
            {
                var before = (health.State, health.IsUp, health.Successes, health.Failures);
                var changed = health.Observe((Observation)kind, threshold);
                if (changed != (before.IsUp != health.IsUp)) return false;
                if (threshold == 0 && before != (health.State, health.IsUp, health.Successes, health.Failures)) return false;
                if (health is { Successes: > 0, Failures: > 0 }) return false;
                if (health.State == HealthState.MostlyUnhealthy && before.State == HealthState.Healthy) return false;
                if (kind == 0 && before.IsUp && !health.IsUp) return false;
                if (kind != 0 && !before.IsUp && health.IsUp) return false;
            }
            return true;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Setting_health_by_hand_clears_the_counters_and_brings_a_target_back()
    {
        using var fixture = new BalancerFixture { Upstream = Passive(tcpFailures: 2) };
        var balancer = fixture.Load("10.0.0.1:80");
        var peer = balancer.Present.Active[0];
        balancer.Report(peer, Outcome.TcpFailure, default);
        balancer.Report(peer, Outcome.TcpFailure, default);
        Assert.True(balancer.SetHealth("10.0.0.1:80", null, healthy: true));
        balancer.Report(peer, Outcome.TcpFailure, default);
        Assert.True(BalancerFixture.HasPeer(balancer));
        Assert.Equal([HealthCause.Traffic, HealthCause.Operator], fixture.Changes.Select(static change => change.Cause));
        Assert.False(balancer.SetHealth("10.0.0.2:80", null, healthy: true));
        Assert.False(balancer.SetHealth("10.0.0.1:80", new(System.Net.IPAddress.Loopback, 80), healthy: true));
    }

    [Theory]
    [InlineData(50, 1, false)]
    [InlineData(49, 1, true)]
    [InlineData(0, 1, true)]
    [InlineData(100, 0, false)]
    [InlineData(99, 0, true)]
    public void At_or_below_the_threshold_the_whole_upstream_is_unhealthy(double threshold, int lost, bool available)
    {
        using var fixture = new BalancerFixture { Upstream = Passive(tcpFailures: 1, threshold: threshold) };
        var balancer = fixture.Load("10.0.0.1:80", "10.0.0.2:80");
        for (var i = 0; i < lost; i++) balancer.SetHealth($"10.0.0.{i + 1}:80", null, healthy: false);
        Assert.Equal(available, BalancerFixture.HasPeer(balancer));
        Assert.Equal(available, balancer.IsHealthy);
    }

    [Fact]
    public void Weight_behind_a_name_that_does_not_resolve_counts_as_lost()
    {
        using var fixture = new BalancerFixture { Upstream = Passive(tcpFailures: 1, threshold: 50) };
        Assert.False(BalancerFixture.HasPeer(fixture.Load("missing.test:80", "10.0.0.2:80")));
    }

    [Fact]
    public void Without_checks_everything_is_off_and_nothing_goes_down()
    {
        using var fixture = new BalancerFixture();
        var balancer = fixture.Load("10.0.0.1:80");
        Report(balancer, balancer.Present.Active[0], 500, 500, 500);
        balancer.SetHealth("10.0.0.1:80", null, healthy: false);
        Assert.True(BalancerFixture.HasPeer(balancer));
        Assert.Equal(ReportedHealth.HealthchecksOff, balancer.ReadHealth()[0].Health);
    }

    [Fact]
    public void Weight_zero_is_reported_as_health_checks_off()
    {
        using var fixture = new BalancerFixture { Upstream = Passive(tcpFailures: 1) };
        var balancer = fixture.Load("10.0.0.1:80=0", "10.0.0.2:80");
        Assert.Equal([ReportedHealth.HealthchecksOff, ReportedHealth.Healthy], balancer.ReadHealth().Select(static target => target.Health));
    }

    [Fact]
    public void None_healthy_fails_to_get_a_peer()
    {
        using var fixture = new BalancerFixture { Upstream = Passive(tcpFailures: 1) };
        var balancer = fixture.Load("10.0.0.1:80", "10.0.0.2:80");
        foreach (var peer in balancer.Present.Active) balancer.Report(peer, Outcome.TcpFailure, default);
        Assert.False(BalancerFixture.HasPeer(balancer));
        Assert.All(balancer.ReadHealth(), static target => Assert.Equal(ReportedHealth.Unhealthy, target.Health));
    }
}
