namespace Weir.Limits.Tests;

public sealed class RedisSharedBudgetTests(RedisFixture fixture) : SharedBudgetContract, IClassFixture<RedisFixture>
{
    private protected override Task<Node> StartNodeAsync(int number)
    {
        var redis = fixture.Server.Connect();
        var store = new RedisBudgetStore(redis, "shared", Time, TimeSpan.Zero);
        return Task.FromResult(new Node(store, () => redis.DisposeAsync().AsTask(), () => redis.DisposeAsync().AsTask()));
    }
}
