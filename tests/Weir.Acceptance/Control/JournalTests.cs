using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Npgsql;
using Weir.Limits.Tests;

namespace Weir.Acceptance;

/// <summary>`weir run --data` on PostgreSQL, with sealed records, and with the store away.</summary>
public sealed class JournalTests : IDisposable
{
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("weir-journal-");

    [Fact]
    public async Task A_change_by_one_node_is_live_on_another()
    {
        await using var server = await PostgresServer.StartAsync();
        var place = await DatabaseAsync(server, "two");
        var starting = new[] { NodeAsync("--data", place), NodeAsync("--data", place) };
        await using var one = await starting[0];
        await using var other = await starting[1];
        for (var i = 0; i < 5; i++)
        {
            var (by, on) = i % 2 == 0 ? (one, other) : (other, one);
            await by.AnswerAsync(i, HttpStatusCode.Created);
            Assert.Equal($"{i}", await by.GetAsync($"/r{i}"));
            await Poll.UntilAsync(async () => await on.GetAsync($"/r{i}") == $"{i}", "the change on the other node");
        }
    }

    [Fact]
    public async Task With_the_database_away_traffic_goes_on_and_changes_wait_for_it()
    {
        await using var server = await PostgresServer.StartAsync();
        await using var node = await NodeAsync("--data", await DatabaseAsync(server, "away"));
        await node.AnswerAsync(1, HttpStatusCode.Created);
        await server.StopAsync();
        var refused = await node.AnswerAsync(2, HttpStatusCode.ServiceUnavailable);
        Assert.Contains("the journal's database cannot be written", refused.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal("1", await node.GetAsync("/r1"));
        Assert.Equal(HttpStatusCode.OK, await node.AdminStatusAsync("/routes/r1"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await node.AdminStatusAsync("/journal"));
        Assert.False(await node.IsDatabaseReachableAsync());
        await server.RunAsync();
        await Poll.UntilAsync(node.IsDatabaseReachableAsync, "the node to see the database");
        await node.AnswerAsync(3, HttpStatusCode.Created);
        Assert.Equal("3", await node.GetAsync("/r3"));
    }

    [Fact]
    public async Task A_start_waits_for_the_database_as_long_as_it_is_told()
    {
        await using var server = await PostgresServer.StartAsync();
        var place = await DatabaseAsync(server, "late");
        await server.StopAsync();
        var (code, _, errors) = await EndedAsync("--data", place, "--set", "journal_wait_seconds=1");
        Assert.Equal(1, code);
        Assert.Contains("(tried for 1 s, as journal_wait_seconds says)", errors, StringComparison.Ordinal);
        await using var process = WeirProcess.Start(["run", "--proxy", "127.0.0.1:0", "--proxy-tls", "off", "--admin", "127.0.0.1:0", "--data", place]);
        await Poll.UntilAsync(() => process.Errors.Contains("Waiting up to 30 s", StringComparison.Ordinal), "the node to wait");
        await server.RunAsync();
        await process.AddressAsync("admin");
    }

    [Fact]
    public async Task A_start_does_not_wait_for_what_will_not_pass()
    {
        await using var server = await PostgresServer.StartAsync();
        var (code, _, errors) = await EndedAsync("--data", AddressOf(server, "nobody"));
        Assert.Equal(1, code);
        Assert.Contains("database \"nobody\" does not exist", errors, StringComparison.Ordinal);
        var place = await DatabaseAsync(server, "newer");
        await using (await NodeAsync("--data", place)) { }
        await using (var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = "newer" }))
        await using (var step = source.CreateCommand("INSERT INTO weir_journal.schema_version (version, hash) VALUES (99, 'x')"))
            await step.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        (code, _, errors) = await EndedAsync("--data", place);
        Assert.Equal(1, code);
        Assert.Contains("the schema weir_journal has version 99", errors, StringComparison.Ordinal);
        Assert.Contains("use a newer Weir", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_sealed_opens_with_its_keys_only()
    {
        var data = Path.Combine(_folder.FullName, "data");
        var keys = await KeysAsync("keys", 1);
        await using (var node = await NodeAsync("--data", data, "--keys", keys, "--set", "journal_snapshot_transactions=2"))
        {
            for (var i = 0; i < 8; i++) await node.AnswerAsync(i, HttpStatusCode.Created);
            await Poll.UntilAsync(() => Directory.GetFiles(data, "snapshot-*.bin").Length > 0, "a snapshot");
        }
        foreach (var file in Directory.GetFiles(data))
            Assert.DoesNotContain("request-termination", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        var (code, _, errors) = await EndedAsync("--data", data);
        Assert.Equal(1, code);
        Assert.Contains("the journal is sealed with key 1; there is no keyring", errors, StringComparison.Ordinal);
        (code, _, errors) = await EndedAsync("--data", data, "--keys", await KeysAsync("other", 1));
        Assert.Equal(1, code);
        Assert.Contains("cannot be opened with key 1: the key is another one", errors, StringComparison.Ordinal);
        (code, _, errors) = await EndedAsync("--data", data, "--keys", await KeysAsync("second", 2));
        Assert.Equal(1, code);
        Assert.Contains("the journal is sealed with key 1; the keyring has 2", errors, StringComparison.Ordinal);
        // The variable of `weir journal` is as good as the file.
        var text = await File.ReadAllTextAsync(keys, TestContext.Current.CancellationToken);
        await using var again = await NodeAsync([("WEIR_JOURNAL_KEYS", text)], "--data", data);
        Assert.Equal("7", await again.GetAsync("/r7"));
    }

    [Fact]
    public async Task Nodes_that_are_killed_lose_nothing_that_was_answered()
    {
        await using var server = await PostgresServer.StartAsync();
        var place = await DatabaseAsync(server, "killed");
        var nodes = new[] { await NodeAsync("--data", place), await NodeAsync("--data", place) };
        var answered = new ConcurrentBag<int>();
        var number = 0;
        for (var round = 0; round < 3; round++)
        {
            var (dying, isDead) = (round % 2, false);
            var asking = nodes.Select((node, index) => Task.Run(async () =>
            {
                for (var i = 0; i < 40 && !(isDead && index == dying); i++)
                {
                    var mine = Interlocked.Increment(ref number);
                    if (await node.TryAnswerAsync(mine)) answered.Add(mine);
                }
            })).ToArray();
            // Somewhere in the middle of the work, not by the clock.
            var before = answered.Count;
            await Poll.UntilAsync(() => answered.Count >= before + 10 || asking.All(static each => each.IsCompleted), "some changes");
            await nodes[dying].DisposeAsync();
            isDead = true;
            await Task.WhenAll(asking);
            nodes[dying] = await NodeAsync("--data", place);
        }
        foreach (var node in nodes)
        {
            foreach (var mine in answered) Assert.Equal($"{mine}", await node.GetAsync($"/r{mine}"));
            await node.DisposeAsync();
        }
        Assert.True(answered.Count >= 30);
        var (code, output, errors) = await WeirProcess.EndedAsync("journal", "verify", place);
        Assert.True(code == 0, output + errors);
    }

    [Fact]
    public async Task A_running_node_is_backed_up_and_restored_into_a_database()
    {
        await using var server = await PostgresServer.StartAsync();
        var (data, file, place) = (Path.Combine(_folder.FullName, "data"), Path.Combine(_folder.FullName, "backup"), await DatabaseAsync(server, "restored"));
        var keys = await KeysAsync("keys", 1);
        await using var node = await NodeAsync("--data", data, "--keys", keys);
        for (var i = 0; i < 5; i++) await node.AnswerAsync(i, HttpStatusCode.Created);
        var (code, output, errors) = await WeirProcess.EndedAsync("backup", file, "--data", data, "--keys", keys);
        Assert.True(code == 0, errors);
        Assert.StartsWith("5 transactions, head 5, hash ", output, StringComparison.Ordinal);
        Assert.EndsWith(", sealed", output, StringComparison.Ordinal);
        Assert.Equal(2, (await WeirProcess.EndedAsync("backup", file, "--data", data, "--keys", keys)).Code);
        Assert.Equal(0, (await WeirProcess.EndedAsync("restore", file, "--check", "--keys", keys)).Code);
        (code, var restored, errors) = await WeirProcess.EndedAsync("restore", file, "--data", place, "--keys", keys);
        Assert.Equal((0, output, ""), (code, restored, errors));
        (code, _, errors) = await WeirProcess.EndedAsync("restore", file, "--data", place, "--keys", keys);
        Assert.Equal(2, code);
        Assert.Contains("with --replace it is put aside", errors, StringComparison.Ordinal);
        await using var again = await NodeAsync("--data", place, "--keys", keys);
        for (var i = 0; i < 5; i++) Assert.Equal($"{i}", await again.GetAsync($"/r{i}"));
        Assert.Equal(1, (await EndedAsync("--data", place)).Code);
    }

    [Theory]
    [InlineData("journal_sync=sometimes", "journal_sync")]
    [InlineData("journal_keyring=/nowhere", "there is no such file")]
    [InlineData("journal_keys=1:x", "expected id:key")]
    [InlineData("data=postgres://h:x", "no address of a database")]
    public async Task Says_what_is_wrong_with_a_setting(string setting, string expected)
    {
        var (code, _, errors) = await EndedAsync("--data", Path.Combine(_folder.FullName, "d"), "--set", setting);
        Assert.Equal(1, code);
        Assert.Contains(expected, errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_origin_that_may_call_is_a_setting()
    {
        await using var node = await NodeAsync(
            "--data", Path.Combine(_folder.FullName, "data"), "--set", "admin_allowed_origin=https://console.example", "--set", "journal_sync=interval");
        Assert.Equal(HttpStatusCode.OK, await node.AdminStatusAsync("/services", "https://console.example"));
        Assert.Equal(HttpStatusCode.Forbidden, await node.AdminStatusAsync("/services", "https://elsewhere.example"));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    static string AddressOf(PostgresServer server, string database) =>
        $"postgres://weir@localhost/{database}?host={Uri.EscapeDataString(new NpgsqlConnectionStringBuilder(server.ConnectionString).Host!)}";

    static async Task<string> DatabaseAsync(PostgresServer server, string name)
    {
        await using var source = server.Connect();
        await using var create = source.CreateCommand("CREATE DATABASE " + name);
        await create.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        return AddressOf(server, name);
    }

    async Task<string> KeysAsync(string name, int id)
    {
        var path = Path.Combine(_folder.FullName, name);
        var (_, key, _) = await WeirProcess.EndedAsync("journal", "key", "--id", $"{id}");
        await File.WriteAllTextAsync(path, key, TestContext.Current.CancellationToken);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }

    static Task<(int Code, string Output, string Errors)> EndedAsync(params string[] arguments) =>
        WeirProcess.EndedAsync(["run", "--proxy", "127.0.0.1:0", "--proxy-tls", "off", "--status", "off", "--admin", "127.0.0.1:0", .. arguments]);

    static Task<Node> NodeAsync(params string[] arguments) => NodeAsync([], arguments);

    static async Task<Node> NodeAsync(IEnumerable<(string Name, string Value)> environment, params string[] arguments)
    {
        var (process, proxy, _) = await WeirProcess.RunAsync(environment, ["--admin", "127.0.0.1:0", .. arguments]);
        return new Node(process, proxy, await process.AddressAsync("admin"));
    }

    sealed class Node(WeirProcess process, Uri proxy, Uri admin) : IAsyncDisposable
    {
        readonly HttpClient _proxy = TestGateway.NewClient(proxy);
        readonly HttpClient _admin = TestGateway.NewClient(admin);

        /// <summary>Makes a route that answers with a number.</summary>
        public async Task<JsonElement> AnswerAsync(int number, HttpStatusCode expected)
        {
            var plugin = new { name = "request-termination", config = new { status_code = 200, content_type = "text/plain", body = $"{number}" } };
            var changes = new object[]
            {
                new { op = "create", kind = "routes", entity = new { name = $"r{number}", paths = new[] { $"/r{number}" } } },
                new { op = "create", kind = "plugins", entity = new { plugin.name, plugin.config, route = new { name = $"r{number}" } } },
            };
            using var answer = await _admin.PostAsJsonAsync("/transactions", new { changes }, TestContext.Current.CancellationToken);
            var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.True(answer.StatusCode == expected || (expected == HttpStatusCode.Created && answer.IsSuccessStatusCode), $"{answer.StatusCode}: {text}");
            return JsonDocument.Parse(text).RootElement;
        }

        /// <summary>Whether the change was answered; a node that is killed answers nothing.</summary>
        public async Task<bool> TryAnswerAsync(int number)
        {
            try
            {
                await AnswerAsync(number, HttpStatusCode.OK);
                return true;
            }
            catch (Exception dead) when (dead is HttpRequestException or IOException or OperationCanceledException or InvalidOperationException)
            {
                return false;
            }
        }

        public async Task<string> GetAsync(string path)
        {
            using var answer = await _proxy.GetAsync(path, TestContext.Current.CancellationToken);
            return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        }

        public async Task<HttpStatusCode> AdminStatusAsync(string path, string? origin = null)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            if (origin is not null) request.Headers.Add("Origin", origin);
            using var answer = await _admin.SendAsync(request, TestContext.Current.CancellationToken);
            return answer.StatusCode;
        }

        public async Task<bool> IsDatabaseReachableAsync()
        {
            var status = await _admin.GetFromJsonAsync<JsonElement>("/status", TestContext.Current.CancellationToken);
            return status.GetProperty("database").GetProperty("reachable").GetBoolean();
        }

        public async ValueTask DisposeAsync()
        {
            _proxy.Dispose();
            _admin.Dispose();
            await process.DisposeAsync();
        }
    }
}
