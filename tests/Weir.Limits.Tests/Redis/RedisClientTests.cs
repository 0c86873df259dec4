using System.Diagnostics;

namespace Weir.Limits.Tests;

public sealed class RedisClientTests
{
    static readonly RedisCommand Ping = RedisCommand.Of("PING");

    [Fact]
    public async Task Many_callers_share_a_connection_and_each_gets_its_own_reply()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = server.Connect();
        await Task.WhenAll(Enumerable.Range(0, 500).Select(i => Task.Run(async () =>
            Assert.Equal($"text {i}", (await redis.ExecuteAsync(RedisCommand.Of("ECHO", $"text {i}"), default)).Text))));
        var clients = await redis.ExecuteAsync(RedisCommand.Of("CLIENT", "LIST"), default);
        Assert.Single(clients.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Sends_and_gets_any_bytes_of_any_length()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = server.Connect();
        foreach (var text in new[] { "", "\r\n", "\0", "ключ", new string('x', 1_000_000) })
            Assert.Equal(text, (await redis.ExecuteAsync(RedisCommand.Of("ECHO", text), default)).Text);
        Assert.Equal(RedisKind.Nil, (await redis.ExecuteAsync(RedisCommand.Of("GET", "none"), default)).Kind);
        Assert.True((await redis.ExecuteAsync(RedisCommand.Of("NONSENSE"), default)).IsError("ERR"u8));
    }

    [Fact]
    public async Task A_script_is_sent_whole_once_and_again_when_the_server_forgot_it()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = server.Connect();
        var script = new RedisScript("return KEYS[1] .. ARGV[1]");
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal($"k{i}", (await redis.EvaluateAsync(script, new RedisArg[] { "k" }, new RedisArg[] { i }, default)).Text);
            if (i == 1) await redis.ExecuteAsync(RedisCommand.Of("SCRIPT", "FLUSH"), default);
        }
    }

    [Fact]
    public async Task Logs_in_and_selects_a_database()
    {
        await using var server = await RedisServer.StartAsync("--requirepass", "sesame", "--user", "weir", "on", ">secret", "~*", "+@all");
        await using var named = server.Connect(server.Options with { Username = "weir", Password = "secret", Database = 3 });
        await named.ExecuteAsync(RedisCommand.Of("SET", "a", "b"), default);
        await using var plain = server.Connect(server.Options with { Password = "sesame" });
        Assert.Equal(RedisKind.Nil, (await plain.ExecuteAsync(RedisCommand.Of("GET", "a"), default)).Kind);
        await plain.ExecuteAsync(RedisCommand.Of("SELECT", 3), default);
        Assert.Equal("b", (await plain.ExecuteAsync(RedisCommand.Of("GET", "a"), default)).Text);

        await using var wrong = server.Connect(server.Options with { Password = "guess" });
        Assert.Contains("AUTH: WRONGPASS", (await wrong.ExecuteAsync(Ping, default)).Text, StringComparison.Ordinal);
        await using var none = server.Connect();
        Assert.Contains("NOAUTH", (await none.ExecuteAsync(Ping, default)).Text, StringComparison.Ordinal);
        await using var far = server.Connect(server.Options with { Password = "sesame", Database = 99 });
        Assert.Contains("SELECT 99", (await far.ExecuteAsync(Ping, default)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_server_answers_at_once_and_comes_back_with_it()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = server.Connect(server.Options with { RetryPauseMax = TimeSpan.FromMilliseconds(100) });
        Assert.Equal("PONG", (await redis.ExecuteAsync(Ping, default)).Text);
        await server.StopAsync();
        while ((await redis.ExecuteAsync(Ping, default)).Kind != RedisKind.Unavailable) await Task.Yield();
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < 10_000; i++) Assert.Equal(RedisKind.Unavailable, (await redis.ExecuteAsync(Ping, default)).Kind);
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(2), "answers waited for a server that is away");
        await server.RestartAsync();
        await UntilAsync(async () => (await redis.ExecuteAsync(Ping, default)).Text == "PONG");
    }

    [Fact]
    public async Task A_reply_that_is_late_ends_the_connection_and_everything_behind_it()
    {
        var time = new ManualTime();
        await using var silent = new ScriptedServer(static _ => "");
        await using var redis = RedisClient.Open(new RedisOptions { Endpoints = [silent.Endpoint] }, time, new Random(1));
        Assert.Equal("PONG", (await redis.ExecuteAsync(Ping, default)).Text);
        var waiting = Enumerable.Range(0, 3).Select(_ => redis.ExecuteAsync(RedisCommand.Of("GET", "a"), default).AsTask()).ToArray();
        time.Advance(TimeSpan.FromSeconds(3));
        foreach (var reply in await Task.WhenAll(waiting)) Assert.Equal("no reply within 2000 ms", reply.Text);
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n", "does not speak Redis's protocol")]
    [InlineData("$99999999999\r\n", "does not speak Redis's protocol")]
    [InlineData("+a\r\n+b\r\n", null)]
    [InlineData(null, "closed the connection")]
    public async Task A_server_that_breaks_the_protocol_is_left(string? answer, string? expected)
    {
        await using var broken = new ScriptedServer(_ => answer);
        await using var redis = RedisClient.Open(new RedisOptions { Endpoints = [broken.Endpoint] }, TimeProvider.System, new Random(1));
        var reply = await redis.ExecuteAsync(RedisCommand.Of("GET", "a"), default);
        Assert.Contains(expected ?? "a", reply.Text, StringComparison.Ordinal);
        await UntilAsync(async () =>
        {
            await redis.ExecuteAsync(Ping, default);
            return broken.Connections > 1;
        });
    }

    [Fact]
    public async Task A_master_that_became_a_replica_is_left()
    {
        await using var demoted = new ScriptedServer(static _ => "-READONLY You can't write against a read only replica.\r\n");
        await using var redis = RedisClient.Open(new RedisOptions { Endpoints = [demoted.Endpoint] }, TimeProvider.System, new Random(1));
        Assert.Equal(RedisKind.Unavailable, (await redis.ExecuteAsync(RedisCommand.Of("SET", "a", "b"), default)).Kind);
        await redis.ExecuteAsync(Ping, default);
        Assert.Equal(2, demoted.Connections);
    }

    [Fact]
    public async Task Commands_under_way_have_a_limit()
    {
        await using var silent = new ScriptedServer(static _ => "");
        await using var redis = RedisClient.Open(new RedisOptions { Endpoints = [silent.Endpoint], PendingMax = 2 }, TimeProvider.System, new Random(1));
        Assert.Equal("PONG", (await redis.ExecuteAsync(Ping, default)).Text);
        var first = redis.ExecuteAsync(RedisCommand.Of("GET", "a"), default).AsTask();
        var second = redis.ExecuteAsync(RedisCommand.Of("GET", "a"), default).AsTask();
        Assert.Contains("too many commands", (await redis.ExecuteAsync(RedisCommand.Of("GET", "a"), default)).Text, StringComparison.Ordinal);
        Assert.False(first.IsCompleted || second.IsCompleted);
    }

    [Fact]
    public async Task A_caller_may_stop_waiting_and_the_others_still_get_their_own_replies()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = server.Connect();
        await redis.ExecuteAsync(Ping, default);
        using var gone = new CancellationTokenSource();
        var waiting = redis.ExecuteAsync(RedisCommand.Of("BLPOP", "nothing", 1), gone.Token).AsTask();
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal("mine", (await redis.ExecuteAsync(RedisCommand.Of("ECHO", "mine"), default)).Text);
    }

    internal static async Task UntilAsync(Func<Task<bool>> condition)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(20), "not in time");
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }
    }
}
