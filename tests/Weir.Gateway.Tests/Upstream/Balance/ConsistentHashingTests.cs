using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Weir.Config;

namespace Weir.Gateway.Tests;

public sealed class ConsistentHashingTests
{
    static readonly UpstreamConfig Upstream = new()
    {
        Name = "u",
        Algorithm = BalancingAlgorithm.ConsistentHashing,
        HashOn = HashInput.Header,
        HashOnHeader = "x",
    };

    static string[] Targets(int count) => [.. Enumerable.Range(1, count).Select(static i => string.Create(CultureInfo.InvariantCulture, $"10.0.0.{i}:80"))];

    static ulong KeyOf(int i) => StableHash.Of(i.ToString(CultureInfo.InvariantCulture).AsSpan());

    static string[] Place(BalancerFixture fixture, string[] targets, int keys)
    {
        var balancer = fixture.Load(targets);
        return [.. Enumerable.Range(0, keys).Select(i => BalancerFixture.Pick(balancer, KeyOf(i)).Target)];
    }

    [Fact]
    public void The_same_key_goes_to_the_same_target_on_every_node()
    {
        using var one = new BalancerFixture(seed: 1) { Upstream = Upstream };
        using var other = new BalancerFixture(seed: 2) { Upstream = Upstream };
        Assert.Equal(Place(one, Targets(5), 500), Place(other, [.. Targets(5).Reverse()], 500));
    }

    [Fact]
    public void Placement_is_the_same_in_every_release()
    {
        using var fixture = new BalancerFixture { Upstream = Upstream };
        Assert.Equal("2211223455511153233243154332123253213251", string.Concat(Place(fixture, Targets(5), 40).Select(static target => target[7])));
    }

    [Fact]
    public void Keys_follow_the_weights()
    {
        using var fixture = new BalancerFixture { Upstream = Upstream };
        var share = BalancerFixture.Share(fixture.Load("10.0.0.1:80=10", "10.0.0.2:80=30", "10.0.0.3:80=60"), 50_000, static i => KeyOf(i));
        Assert.InRange(share["10.0.0.1:80"], 4_500, 5_500);
        Assert.InRange(share["10.0.0.2:80"], 14_000, 16_000);
        Assert.InRange(share["10.0.0.3:80"], 29_000, 31_000);
    }

    [Fact]
    public void Removing_a_target_moves_only_its_own_keys() =>
        Prop.ForAll(Gen.Choose(2, 9).Zip(Gen.Choose(0, 8)).ToArbitrary(), draw =>
        {
            using var fixture = new BalancerFixture { Upstream = Upstream with { Slots = SlotTable.SlotsMin } };
            var targets = Targets(draw.Item1);
            var gone = targets[draw.Item2 % targets.Length];
            var before = Place(fixture, targets, 500);
            var after = Place(fixture, [.. targets.Where(target => target != gone)], 500);
            return before.Zip(after).All(pair => pair.First == gone ? pair.Second != gone : pair.First == pair.Second);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_table_made_step_by_step_is_the_table_made_at_once()
    {
        using var steps = new BalancerFixture { Upstream = Upstream };
        using var atOnce = new BalancerFixture { Upstream = Upstream };
        foreach (var targets in new string[][] { Targets(3), ["10.0.0.1:80=30", "10.0.0.3:80"], [.. Targets(6).Skip(1)], ["10.0.0.9:80"] }) steps.Load(targets);
        string[] last = ["10.0.0.2:80=50", "10.0.0.9:80", "10.0.0.4:80=200"];
        Assert.Equal(Place(atOnce, last, 5_000), Place(steps, last, 5_000));
    }

    [Fact]
    public void Adding_a_target_takes_about_its_share_and_only_for_itself()
    {
        using var fixture = new BalancerFixture { Upstream = Upstream };
        var before = Place(fixture, Targets(4), 10_000);
        var after = Place(fixture, Targets(5), 10_000);
        Assert.All(before.Zip(after).Where(static pair => pair.First != pair.Second), static pair => Assert.Equal("10.0.0.5:80", pair.Second));
        Assert.InRange(after.Count(static target => target == "10.0.0.5:80"), 1_700, 2_300);
    }

    [Fact]
    public void Keys_of_an_unhealthy_target_spread_over_the_others_and_come_back()
    {
        using var fixture = new BalancerFixture { Upstream = HealthTests.Passive(tcpFailures: 1) with { Algorithm = BalancingAlgorithm.ConsistentHashing } };
        var before = Place(fixture, Targets(4), 4_000);
        var balancer = fixture.Load(Targets(4));
        balancer.SetHealth("10.0.0.1:80", null, healthy: false);
        string[] during = [.. Enumerable.Range(0, 4_000).Select(i => BalancerFixture.Pick(balancer, KeyOf(i)).Target)];
        var moved = before.Zip(during).Where(static pair => pair.First == "10.0.0.1:80").Select(static pair => pair.Second).ToList();
        Assert.All(before.Zip(during).Where(static pair => pair.First != "10.0.0.1:80"), static pair => Assert.Equal(pair.First, pair.Second));
        Assert.Equal(3, moved.Distinct().Count());
        Assert.All(moved.GroupBy(static target => target), group => Assert.InRange(group.Count(), moved.Count / 5, moved.Count / 2));

        balancer.SetHealth("10.0.0.1:80", null, healthy: true);
        Assert.Equal(before, Enumerable.Range(0, 4_000).Select(i => BalancerFixture.Pick(balancer, KeyOf(i)).Target));
    }

    [Fact]
    public void A_retry_goes_elsewhere_and_always_to_the_same_place()
    {
        using var fixture = new BalancerFixture { Upstream = Upstream };
        var balancer = fixture.Load(Targets(4));
        for (var i = 0; i < 100; i++)
        {
            var first = BalancerFixture.Pick(balancer, KeyOf(i));
            var second = BalancerFixture.Pick(balancer, KeyOf(i), first);
            Assert.NotSame(first, second);
            Assert.Same(second, BalancerFixture.Pick(balancer, KeyOf(i), first));
        }
    }

    [Fact]
    public void Without_a_key_targets_are_chosen_at_random_by_weight()
    {
        using var fixture = new BalancerFixture { Upstream = Upstream };
        var share = BalancerFixture.Share(fixture.Load("10.0.0.1:80=10", "10.0.0.2:80=30"), 10_000);
        Assert.InRange(share["10.0.0.1:80"], 2_200, 2_800);
    }

    [Fact]
    public void Failover_targets_own_no_keys_until_nothing_else_is_left()
    {
        using var fixture = new BalancerFixture { Upstream = HealthTests.Passive(tcpFailures: 1) with { Algorithm = BalancingAlgorithm.ConsistentHashing } };
        var balancer = fixture.Load(BalancerFixture.Target("10.0.0.1:80"), BalancerFixture.Target("10.0.0.8:80", failover: true),
            BalancerFixture.Target("10.0.0.9:80", failover: true));
        Assert.Equal(["10.0.0.1:80"], BalancerFixture.Share(balancer, 100, static i => KeyOf(i)).Keys);
        balancer.SetHealth("10.0.0.1:80", null, healthy: false);
        Assert.Equal(["10.0.0.8:80", "10.0.0.9:80"], BalancerFixture.Share(balancer, 100, static i => KeyOf(i)).Keys.Order());
        Assert.Same(BalancerFixture.Pick(balancer, 7), BalancerFixture.Pick(balancer, 7));
    }

    [Fact]
    public void A_small_slots_setting_is_raised_to_keep_shares_fine()
    {
        using var fixture = new BalancerFixture { Upstream = Upstream with { Slots = 10 } };
        var share = BalancerFixture.Share(fixture.Load(Targets(5)), 10_000, static i => KeyOf(i));
        Assert.Equal(5, share.Count);
        Assert.All(share.Values, static count => Assert.InRange(count, 1_400, 2_600));
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(1e-12)]
    [InlineData(0.999999)]
    [InlineData(2.220446049250313E-16)]
    public void The_portable_logarithm_is_a_logarithm(double x) => Assert.Equal(Math.Log(x), StableHash.Ln(x), 9);
}
