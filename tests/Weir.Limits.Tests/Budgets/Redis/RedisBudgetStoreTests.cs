namespace Weir.Limits.Tests;

/// <summary>One server for the tests of a class.</summary>
public sealed class RedisFixture : IAsyncLifetime
{
    internal RedisServer Server { get; private set; } = null!;

    internal IRedis Redis { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Server = await RedisServer.StartAsync();
        Redis = Server.Connect();
    }

    public async ValueTask DisposeAsync()
    {
        await Redis.DisposeAsync();
        await Server.DisposeAsync();
    }
}

public sealed class RedisBudgetStoreTests(RedisFixture fixture) : BudgetStoreContract, IClassFixture<RedisFixture>
{
    readonly string _namespace = Guid.NewGuid().ToString();

    protected override int ModelRuns => 100;

    private protected override Task<IBudgetStore> NewStoreAsync() =>
        Task.FromResult<IBudgetStore>(new RedisBudgetStore(fixture.Redis, _namespace, Time, TimeSpan.Zero));
}
