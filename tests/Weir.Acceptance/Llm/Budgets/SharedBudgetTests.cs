using Npgsql;
using Weir.Limits;
using Weir.Limits.Tests;

namespace Weir.Acceptance;

public sealed class RedisSharedBudgetTests : SharedBudgetContract
{
    RedisServer _server = null!;
    IRedis _redis = null!;

    protected override string StoreSettings => $"limits_store: redis\nlimits_redis: [{_server.Endpoint}]";

    public override async ValueTask InitializeAsync()
    {
        _server = await RedisServer.StartAsync();
        _redis = _server.Connect();
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _redis.DisposeAsync();
        await _server.DisposeAsync();
    }

    private protected override IBudgetStore Open() => new RedisBudgetStore(_redis, "weir", TimeProvider.System, TimeSpan.Zero);
}

public sealed class PostgresSharedBudgetTests : SharedBudgetContract
{
    PostgresServer _server = null!;
    NpgsqlDataSource _source = null!;

    protected override string StoreSettings => $"limits_store: postgres\nlimits_postgres: {_server.ConnectionString}";

    public override async ValueTask InitializeAsync()
    {
        _server = await PostgresServer.StartAsync();
        _source = _server.Connect();
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _source.DisposeAsync();
        await _server.DisposeAsync();
    }

    private protected override IBudgetStore Open() => new PostgresBudgetStore(_source, TimeProvider.System, TimeSpan.Zero);
}
