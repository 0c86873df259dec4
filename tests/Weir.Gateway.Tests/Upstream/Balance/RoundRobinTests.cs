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
}
