using Weir.Config;

namespace Weir.Gateway.Tests;

public sealed class HealthProbesTests
{
    static UpstreamConfig Probed(double healthy = 5, double unhealthy = 2, int concurrency = 10, double timeout = 1) => new()
    {
        Name = "u",
        Healthchecks = new HealthChecks
        {
            Active = new ActiveChecks
            {
                Concurrency = concurrency,
                Timeout = timeout,
                HttpPath = "/health",
                Healthy = new ActiveHealthy { Interval = healthy, Successes = 2 },
                Unhealthy = new ActiveUnhealthy { Interval = unhealthy, HttpFailures = 2, TcpFailures = 1, Timeouts = 1 },
            },
        },
    };

    [Fact]
    public void Healthy_targets_are_probed_at_their_interval()
    {
        using var fixture = new BalancerFixture { Upstream = Probed() };
        fixture.Load("10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80=0");
        fixture.Time.Advance(TimeSpan.FromSeconds(50));
        Assert.Equal((10, 10, 0), (fixture.Probe.Count("10.0.0.1:80"), fixture.Probe.Count("10.0.0.2:80"), fixture.Probe.Count("10.0.0.3:80")));
    }

    [Fact]
    public void A_target_goes_down_after_n_failures_is_probed_as_unhealthy_and_comes_back_after_n_successes()
    {
        using var fixture = new BalancerFixture { Upstream = Probed() };
        var balancer = fixture.Load("10.0.0.1:80", "10.0.0.2:80");
        fixture.Probe.Set("10.0.0.1:80", Outcome.Answered(500));
        fixture.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(2, BalancerFixture.Share(balancer, 10).Count);
        fixture.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(["10.0.0.2:80"], BalancerFixture.Share(balancer, 10).Keys);

        fixture.Probe.Set("10.0.0.1:80", Outcome.Answered(200));
        fixture.Time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(2, BalancerFixture.Share(balancer, 10).Count);
        Assert.Equal([false, true], fixture.Changes.Select(static change => change.IsUp));
        Assert.All(fixture.Changes, static change => Assert.Equal(HealthCause.Probe, change.Cause));
    }

    [Fact]
    public void An_interval_of_zero_does_not_probe_that_state()
    {
        using var fixture = new BalancerFixture { Upstream = Probed(unhealthy: 0) };
        var balancer = fixture.Load("10.0.0.1:80");
        fixture.Probe.Set("10.0.0.1:80", Outcome.TcpFailure);
        fixture.Time.Advance(TimeSpan.FromSeconds(100));
        Assert.Equal(1, fixture.Probe.Count("10.0.0.1:80"));
        Assert.False(BalancerFixture.HasPeer(balancer));
    }

    [Fact]
    public async Task A_probe_that_takes_too_long_is_a_timeout()
    {
        using var fixture = new BalancerFixture { Upstream = Probed(healthy: 10, unhealthy: 0) };
        var balancer = fixture.Load("10.0.0.1:80");
        fixture.Probe.Hold("10.0.0.1:80", new TaskCompletionSource<Outcome>().Task);
        fixture.Time.Advance(TimeSpan.FromSeconds(10));
        fixture.Time.Advance(TimeSpan.FromSeconds(1));
        for (var i = 0; i < 10_000 && BalancerFixture.HasPeer(balancer); i++) await Task.Yield();
        Assert.False(BalancerFixture.HasPeer(balancer));
    }

    [Fact]
    public void No_more_probes_than_the_limit_run_at_once_and_no_target_twice()
    {
        using var fixture = new BalancerFixture { Upstream = Probed(healthy: 1, unhealthy: 0, concurrency: 2, timeout: 1000) };
        fixture.Load("10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80");
        var held = new TaskCompletionSource<Outcome>();
        foreach (var address in new[] { "10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80" }) fixture.Probe.Hold(address, held.Task);
        fixture.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal((2, 2), (fixture.Probe.Open, fixture.Probe.Sent.Count));
    }

    [Fact]
    public void The_schedule_survives_a_reload_that_does_not_change_it()
    {
        using var fixture = new BalancerFixture { Upstream = Probed() };
        for (var i = 0; i < 50; i++)
        {
            fixture.Load("10.0.0.1:80");
            fixture.Time.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.Equal(10, fixture.Probe.Sent.Count);
    }

    [Fact]
    public void A_reload_without_checks_or_the_end_of_the_upstream_stops_the_probes()
    {
        var fixture = new BalancerFixture { Upstream = Probed() };
        fixture.Load("10.0.0.1:80");
        fixture.Upstream = new UpstreamConfig { Name = "u" };
        fixture.Load("10.0.0.1:80");
        fixture.Time.Advance(TimeSpan.FromSeconds(50));
        Assert.Empty(fixture.Probe.Sent);
        fixture.Upstream = Probed();
        fixture.Load("10.0.0.1:80");
        fixture.Dispose();
        fixture.Time.Advance(TimeSpan.FromSeconds(50));
        Assert.Empty(fixture.Probe.Sent);
    }

    [Fact]
    public void A_504_to_a_probe_is_a_failed_answer()
    {
        using var fixture = new BalancerFixture { Upstream = Probed() };
        var balancer = fixture.Load("10.0.0.1:80");
        fixture.Probe.Set("10.0.0.1:80", Outcome.Answered(504));
        fixture.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.False(BalancerFixture.HasPeer(balancer));
    }

    [Theory]
    [InlineData("node.test:80", null, null, "node.test", "node.test")]
    [InlineData("node.test:80", "public.test:8443", null, "public.test:8443", "public.test")]
    [InlineData("node.test:80", "public.test", "sni.test", "public.test", "sni.test")]
    [InlineData("10.0.0.1:80", null, null, "10.0.0.1", "10.0.0.1")]
    [InlineData("[::1]:80", null, null, "[::1]", "::1")]
    public void A_probe_names_the_upstreams_host_or_the_targets(string target, string? hostHeader, string? sni, string host, string serverName)
    {
        using var fixture = new BalancerFixture();
        fixture.Resolver.Set("node.test", "10.0.0.1");
        fixture.Upstream = Probed() with { HostHeader = hostHeader };
        fixture.Upstream = fixture.Upstream with
        {
            Healthchecks = fixture.Upstream.Healthchecks with { Active = fixture.Upstream.Healthchecks.Active with { HttpsSni = sni } },
        };
        fixture.Load(target);
        fixture.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal((host, serverName, "/health"), (fixture.Probe.Sent[0].Host, fixture.Probe.Sent[0].ServerName, fixture.Probe.Sent[0].Checks.HttpPath));
    }
}
