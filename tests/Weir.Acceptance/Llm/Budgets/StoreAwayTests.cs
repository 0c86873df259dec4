using System.Net;
using System.Net.Sockets;
using Weir.Gateway;
using Weir.Limits;
using Weir.Limits.Tests;
using Weir.Server;

namespace Weir.Acceptance;

/// <summary>What becomes of calls with budgets when the store of the budgets cannot be reached.</summary>
public sealed class StoreAwayTests : IAsyncLifetime
{
    const string Budget = "{name: all, applies_to: everyone, limit: '1', window_type: lifetime}";

    readonly MockServer _mock = new("127.0.0.1:0", TimeProvider.System);

    public async ValueTask InitializeAsync() => await _mock.StartAsync(CancellationToken.None);

    public ValueTask DisposeAsync() => _mock.DisposeAsync();

    [Theory]
    [InlineData(nameof(LimitsStoreAway.Closed), 503)]
    [InlineData(nameof(LimitsStoreAway.Open), 200)]
    [InlineData(nameof(LimitsStoreAway.Node), 200)]
    public async Task A_call_is_refused_or_let_through_as_the_operator_chose(string away, int status)
    {
        using var closed = new ClosedPort();
        await using var gateway = await TestGateway.StartAsync(BudgetRig.Document(_mock.Address, Budget), settings => settings with
        {
            LimitsStore = LimitsStoreKind.Redis,
            LimitsRedis = [$"127.0.0.1:{closed.Number}"],
            LimitsStoreAway = Enum.Parse<LimitsStoreAway>(away),
        });
        using var answer = await BudgetRig.ChatAsync(gateway.Client, "Hello", maxTokens: 10);
        Assert.Equal(status, (int)answer.StatusCode);
        if (status == 503) Assert.Equal("the budgets of this call cannot be checked", await BudgetRig.ErrorAsync(answer));
        Assert.Equal(1, await BudgetRig.MetricAsync(gateway, "weir_limits_store_away"));
        Assert.Contains(gateway.Log.Errors, static line => line.StartsWith("The store of budgets is away: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_charge_that_the_store_could_not_take_is_made_when_it_is_back()
    {
        await using var server = await RedisServer.StartAsync();
        await using var gateway = await TestGateway.StartAsync(BudgetRig.Document(_mock.Address, Budget), settings => settings with
        {
            LimitsStore = LimitsStoreKind.Redis,
            LimitsRedis = [server.Endpoint.ToString()],
        });
        using var answer = await BudgetRig.ChatAsync(gateway.Client, "Hello [mock: tokens=50; chunk-delay-ms=40]", maxTokens: 50, stream: true);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await server.StopAsync();
        Assert.EndsWith("data: [DONE]\n\n", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await Poll.UntilAsync(async () => await BudgetRig.MetricAsync(gateway, "weir_limits_settlements_waiting") == 1, "a charge that waits");
        // It comes back empty, without the reservation: the charge is passed over, and calls go on.
        await server.RestartAsync();
        await Poll.UntilAsync(async () => await BudgetRig.MetricAsync(gateway, "weir_limits_settlements_waiting") == 0, "no charge that waits");
        await Poll.UntilAsync(async () =>
        {
            using var again = await BudgetRig.ChatAsync(gateway.Client, "Hello", maxTokens: 10);
            return again.StatusCode == HttpStatusCode.OK;
        }, "calls that go on");
    }

    [Fact]
    public async Task Token_limits_count_in_the_redis_that_the_plugin_names()
    {
        // Two nodes that share nothing but Redis.
        await using var server = await StartTcpAsync();
        var plugin = $$"""

            - name: ai-rate-limiting-advanced
              config:
                strategy: redis
                namespace: shared
                identifier: ip
                redis: {host: 127.0.0.1, port: {{server.Endpoint.Port}}}
                policies: [{limits: [{limit: 8, window_size: 3600}]}]

            """;
        var document = BudgetRig.Document(_mock.Address) + plugin;
        await using var one = await TestGateway.StartAsync(document);
        await using var other = await TestGateway.StartAsync(document);
        using var first = await BudgetRig.ChatAsync(one.Client, "Hello");
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        await Poll.UntilAsync(async () =>
        {
            using var answer = await BudgetRig.ChatAsync(other.Client, "Hello");
            return answer.StatusCode == HttpStatusCode.TooManyRequests;
        }, "the other node's refusal");
    }

    static Task<RedisServer> StartTcpAsync()
    {
        int port;
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            port = ((IPEndPoint)free.LocalEndpoint).Port;
        }
        var folder = Directory.CreateTempSubdirectory("weir-redis-");
        return RedisServer.StartAsync(folder, new RedisEndpoint("127.0.0.1", port), ["--port", $"{port}", "--bind", "127.0.0.1"]);
    }

    [Theory]
    [InlineData("strategy: redis", "redis: required field missing: strategy redis counts there")]
    [InlineData("strategy: redis, redis: {sentinel_addresses: [a], sentinel_master: m}", "redis.sentinel_addresses[0]: invalid value 'a': expected host:port")]
    [InlineData("strategy: redis, redis: {cluster_addresses: ['a:b']}", "redis.cluster_addresses[0]: invalid value 'a:b': expected host:port")]
    [InlineData("strategy: redis, redis: {sentinel_nodes: [{host: a}]}", "all or none of these fields must be set: 'sentinel_master', 'sentinel_nodes'")]
    [InlineData("strategy: redis, redis: {cluster_nodes: [{ip: a}], database: 2}", "redis.database: must be 0 in a cluster")]
    [InlineData("strategy: redis, redis: {cloud_authentication: {auth_provider: aws}}", "redis.cloud_authentication: logging in with a cloud identity")]
    [InlineData("strategy: redis, redis: {host: 'a b'}", "redis.host: ")]
    public async Task A_redis_that_cannot_be_reached_as_configured_is_refused(string fields, string message)
    {
        var plugin = $$"""

            - name: ai-rate-limiting-advanced
              config: {policies: [{limits: [{limit: 8, window_size: 3600}]}], {{fields}}}

            """;
        await using var gateway = await TestGateway.StartAsync(BudgetRig.Document(_mock.Address));
        var result = await gateway.TryApplyAsync(BudgetRig.Document(_mock.Address) + plugin);
        Assert.Contains(result.Problems, problem => problem.ToString().Contains(message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Limits_in_a_database_need_one()
    {
        const string Plugin = """

            - name: ai-rate-limiting-advanced
              config: {strategy: cluster, policies: [{limits: [{limit: 8, window_size: 3600}]}]}

            """;
        await using var gateway = await TestGateway.StartAsync(BudgetRig.Document(_mock.Address));
        var result = await gateway.TryApplyAsync(BudgetRig.Document(_mock.Address) + Plugin);
        Assert.False(result.Ok);
        Assert.Contains(result.Problems, static problem => problem.Message.Contains("limits_store: postgres", StringComparison.Ordinal));
    }
}
