using System.Net;
using System.Net.Sockets;

namespace Weir.Limits.Tests;

public sealed class RedisClusterTests
{
    [Fact]
    public async Task Commands_go_to_the_node_that_has_their_slot_also_after_it_moved()
    {
        await using var first = await StartAsync(["--cluster-enabled", "yes"]);
        await using var second = await StartAsync(["--cluster-enabled", "yes"]);
        await using var one = first.Connect();
        await using var two = second.Connect();
        await one.ExecuteAsync(RedisCommand.Of("CLUSTER", "ADDSLOTSRANGE", 0, 8191), default);
        await two.ExecuteAsync(RedisCommand.Of("CLUSTER", "ADDSLOTSRANGE", 8192, 16383), default);
        await one.ExecuteAsync(RedisCommand.Of("CLUSTER", "MEET", "127.0.0.1", second.Endpoint.Port, second.Endpoint.Port - 10_000), default);
        foreach (var node in new[] { one, two })
        {
            await RedisClientTests.UntilAsync(async () =>
            {
                var state = (await node.ExecuteAsync(RedisCommand.Of("CLUSTER", "INFO"), default)).Text;
                return state.Contains("cluster_state:ok", StringComparison.Ordinal) && state.Contains("cluster_known_nodes:2", StringComparison.Ordinal);
            });
        }

        await using var cluster = first.Connect(first.Options with { Topology = RedisTopology.Cluster });
        for (var i = 0; i < 50; i++)
            Assert.Equal("OK", (await cluster.ExecuteAsync(RedisCommand.OfKey($"key {i}", "SET", $"key {i}", i), default)).Text);
        Assert.InRange((await one.ExecuteAsync(RedisCommand.Of("DBSIZE"), default)).Integer, 10, 40);

        IBudgetStore store = new RedisBudgetStore(cluster, "budgets", TimeProvider.System, RedisBudgetStore.ClockSkewMaxDefault);
        var rule = new BudgetRule("org", BudgetWindow.Lifetime, 10);
        BudgetLine[] lines = [rule.Line("a", 6), rule.Line("b", 6), rule.Line("c", 6)];
        var uses = new LineUse[3];
        Assert.True((await store.ReserveAsync(Guid.NewGuid(), lines, default, TimeSpan.FromMinutes(1), uses, default)).IsGranted);
        Assert.False((await store.ReserveAsync(Guid.NewGuid(), lines, default, TimeSpan.FromMinutes(1), uses, default)).IsGranted);

        // One slot moves from its node to the other: asked for on the way (ASK), then for good (MOVED).
        var slot = HashSlot.Of("key 0");
        var (from, to) = slot < 8192 ? (one, two) : (two, one);
        var fromId = (await from.ExecuteAsync(RedisCommand.Of("CLUSTER", "MYID"), default)).Text;
        var toId = (await to.ExecuteAsync(RedisCommand.Of("CLUSTER", "MYID"), default)).Text;
        await to.ExecuteAsync(RedisCommand.Of("CLUSTER", "SETSLOT", slot, "IMPORTING", fromId), default);
        await from.ExecuteAsync(RedisCommand.Of("CLUSTER", "SETSLOT", slot, "MIGRATING", toId), default);
        await from.ExecuteAsync(RedisCommand.Of("DEL", "key 0"), default);
        Assert.Equal("OK", (await cluster.ExecuteAsync(RedisCommand.OfKey("key 0", "SET", "key 0", "asked"), default)).Text);
        foreach (var node in new[] { to, from }) await node.ExecuteAsync(RedisCommand.Of("CLUSTER", "SETSLOT", slot, "NODE", toId), default);
        Assert.Equal("asked", (await cluster.ExecuteAsync(RedisCommand.OfKey("key 0", "GET", "key 0"), default)).Text);
    }

    [Fact]
    public async Task Sentinels_lead_to_the_master_and_to_the_next_one()
    {
        await using var first = await StartAsync([]);
        await using var second = await StartAsync(["--replicaof", "127.0.0.1", $"{first.Endpoint.Port}"]);
        var master = first.Endpoint;
        // What a sentinel says of itself is not at stake here, only what it is asked and how it answers.
        await using var sentinel = new ScriptedServer(asked => asked.Contains("get-master-addr-by-name", StringComparison.Ordinal)
            ? $"*2\r\n${master.Host.Length}\r\n{master.Host}\r\n${$"{master.Port}".Length}\r\n{master.Port}\r\n" : "-ERR\r\n");
        await using var redis = RedisClient.Open(
            new RedisOptions
            {
                Endpoints = [new RedisEndpoint("127.0.0.1", 1), sentinel.Endpoint],
                Topology = RedisTopology.Sentinel,
                RetryPauseMax = TimeSpan.FromMilliseconds(50),
            },
            TimeProvider.System, new Random(1));
        Assert.Equal("OK", (await redis.ExecuteAsync(RedisCommand.Of("SET", "a", "1"), default)).Text);
        await using var direct = second.Connect();
        await RedisClientTests.UntilAsync(async () => (await direct.ExecuteAsync(RedisCommand.Of("GET", "a"), default)).Text == "1");

        await first.StopAsync();
        master = second.Endpoint;
        Assert.Equal(RedisKind.Unavailable, (await redis.ExecuteAsync(RedisCommand.Of("SET", "a", "2"), default)).Kind);
        // Named the master before it is one: not used.
        await RedisClientTests.UntilAsync(async () =>
            (await redis.ExecuteAsync(RedisCommand.Of("PING"), default)).Text.Contains("is not a master", StringComparison.Ordinal));
        await direct.ExecuteAsync(RedisCommand.Of("REPLICAOF", "NO", "ONE"), default);
        await RedisClientTests.UntilAsync(async () => (await redis.ExecuteAsync(RedisCommand.Of("SET", "a", "3"), default)).Text == "OK");
        Assert.Equal("3", (await direct.ExecuteAsync(RedisCommand.Of("GET", "a"), default)).Text);
    }

    static async Task<RedisServer> StartAsync(string[] arguments)
    {
        var (port, bus) = (FreePort(), 0);
        if (arguments.Length > 0 && arguments[0].StartsWith("--cluster", StringComparison.Ordinal))
        {
            // Ephemeral ports lie above 32768: ten thousand below one there is a place for the cluster's bus.
            bus = port - 10_000;
            arguments = [.. arguments, "--cluster-port", $"{bus}"];
        }
        var folder = Directory.CreateTempSubdirectory("weir-redis-");
        return await RedisServer.StartAsync(folder, new RedisEndpoint("127.0.0.1", port), ["--port", $"{port}", "--bind", "127.0.0.1", .. arguments]);
    }

    static int FreePort()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
