using Microsoft.Extensions.Logging.Abstractions;
using Weir.Gateway;
using Weir.Limits;
using Weir.Telemetry;

namespace Weir.Server.Tests;

public sealed class LimitsHomeTests
{
    static readonly NodeSettings Redis = new() { LimitsStore = LimitsStoreKind.Redis, LimitsRedis = ["redis.test:6379"] };
    static readonly NodeSettings Postgres = new() { LimitsStore = LimitsStoreKind.Postgres, LimitsPostgres = "Host=db.test;Username=weir" };

    [Theory]
    [InlineData("")]
    [InlineData("redis.test:")]
    [InlineData("redis.test:0")]
    [InlineData("redis.test:70000")]
    [InlineData("redis.test:six")]
    [InlineData(":6379")]
    public void Refuses_an_address_of_redis(string address) =>
        Assert.StartsWith($"limits_redis: '{address}' is no host:port", Problem(Redis with { LimitsRedis = [address] }), StringComparison.Ordinal);

    [Theory]
    [InlineData("redis.test")]
    [InlineData("redis.test:7000")]
    [InlineData("[::1]:7000")]
    [InlineData("/run/redis.sock")]
    public async Task Takes_an_address_of_redis(string address)
    {
        await using var home = Open(Redis with { LimitsRedis = [address] });
        Assert.NotSame(home.Local, home.Budgets);
    }

    [Fact]
    public void Says_which_setting_a_store_needs()
    {
        Assert.StartsWith("limits_store: redis needs limits_redis", Problem(Redis with { LimitsRedis = [] }), StringComparison.Ordinal);
        Assert.StartsWith("limits_store: postgres needs limits_postgres", Problem(Postgres with { LimitsPostgres = "" }), StringComparison.Ordinal);
        Assert.StartsWith("limits_redis_namespace: ", Problem(Redis with { LimitsRedisNamespace = "{a}" }), StringComparison.Ordinal);
    }

    [Fact]
    public void Never_shows_what_stands_in_a_connection_string()
    {
        var problem = Problem(Postgres with { LimitsPostgres = "Host=db;Pasword=s3cret" });
        Assert.StartsWith("limits_postgres: no connection string", problem, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Counts_in_memory_unless_told_otherwise()
    {
        await using var home = Open(new NodeSettings());
        Assert.IsType<MemoryBudgetStore>(home.Budgets);
        Assert.Same(home.Local, home.Budgets);
    }

    [Fact]
    public async Task Does_not_connect_before_it_is_asked()
    {
        await using var home = Open(Postgres with { LimitsPostgresPassword = "s3cret" });
        Assert.False(Assert.IsType<OutageBudgetStore>(home.Budgets).IsAway);
    }

    static string Problem(NodeSettings settings) => Assert.Throws<FormatException>(() => Open(settings)).Message;

    static LimitsHome Open(NodeSettings settings) => LimitsHome.Open(settings, new MetricRegistry(), TimeProvider.System, NullLogger.Instance);
}
