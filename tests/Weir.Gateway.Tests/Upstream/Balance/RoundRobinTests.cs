using FsCheck;
using FsCheck.Fluent;

namespace Weir.Gateway.Tests;

public sealed class RoundRobinTests
{
    [Theory]
    [InlineData(10)]
    [InlineData(1)]
    [InlineData(65535)]
    public void Two_targets_of_equal_weight_get_n_requests_each_of_2n(int weight)
    {
        using var fixture = new BalancerFixture();
        var balancer = fixture.Load($"10.0.0.1:80={weight}", $"10.0.0.2:80={weight}");
        Assert.Equal(new Dictionary<string, int> { ["10.0.0.1:80"] = 25, ["10.0.0.2:80"] = 25 }, BalancerFixture.Share(balancer, 50));
    }

    [Fact]
    public void Weights_10_and_30_give_1_to_3()
    {
        using var fixture = new BalancerFixture();
        var balancer = fixture.Load("10.0.0.1:80=10", "10.0.0.2:80=30");
        for (var turn = 0; turn < 10; turn++)
            Assert.Equal(new Dictionary<string, int> { ["10.0.0.1:80"] = 1, ["10.0.0.2:80"] = 3 }, BalancerFixture.Share(balancer, 4));
    }

    [Fact]
    public void Every_turn_of_a_wheel_gives_each_peer_exactly_its_weight() =>
        Prop.ForAll(Gen.Choose(1, 500).NonEmptyListOf().ToArbitrary(), list =>
        {
            int[] weights = [.. list];
            var divisor = weights.Aggregate(static (a, b) =>
            {
                while (b != 0) (a, b) = (b, a % b);
                return a;
            });
            var wheel = Wheel.Build(weights);
            return wheel.Length > Wheel.PlacesMax
                || weights.Select((weight, i) => wheel.Count(place => place == i) == weight / divisor).All(static exact => exact);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_wheel_spreads_each_peer_evenly()
    {
        var wheel = Wheel.Build([10, 30, 60]);
        Assert.Equal(10, wheel.Length);
        Assert.DoesNotContain("2222", string.Concat(wheel.Concat(wheel)), StringComparison.Ordinal);
        Assert.DoesNotContain("11", string.Concat(wheel.Concat(wheel)), StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_that_would_need_too_long_a_wheel_are_scaled_down_and_nobody_is_left_out()
    {
        int[] weights = [65535, 65534, 65533, 1];
        var wheel = Wheel.Build(weights);
        Assert.InRange(wheel.Length, Wheel.PlacesMax - 4, Wheel.PlacesMax + 4);
        Assert.Equal(1, wheel.Count(static place => place == 3));
        Assert.InRange(wheel.Count(static place => place == 0), Wheel.PlacesMax / 3 - 2, Wheel.PlacesMax / 3 + 2);
    }

    [Fact]
    public void A_retry_goes_on_to_a_peer_that_was_not_tried()
    {
        using var fixture = new BalancerFixture();
        var balancer = fixture.Load("10.0.0.1:80=1", "10.0.0.2:80=100", "10.0.0.3:80=1");
        for (var i = 0; i < 200; i++)
        {
            var first = BalancerFixture.Pick(balancer);
            var second = BalancerFixture.Pick(balancer, null, first);
            var third = BalancerFixture.Pick(balancer, null, first, second);
            Assert.Equal(3, new[] { first, second, third }.Distinct().Count());
        }
    }

    [Fact]
    public void A_retry_with_everything_tried_still_gets_a_peer()
    {
        using var fixture = new BalancerFixture();
        var balancer = fixture.Load("10.0.0.1:80");
        var only = BalancerFixture.Pick(balancer);
        Assert.Same(only, BalancerFixture.Pick(balancer, null, only));
    }

    [Fact]
    public async Task Concurrent_picks_keep_the_shares_exact()
    {
        using var fixture = new BalancerFixture();
        var balancer = fixture.Load("10.0.0.1:80=10", "10.0.0.2:80=30");
        var shares = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => BalancerFixture.Share(balancer, 10_000))));
        Assert.Equal(10_000, shares.Sum(static share => share.GetValueOrDefault("10.0.0.1:80")));
    }
}
