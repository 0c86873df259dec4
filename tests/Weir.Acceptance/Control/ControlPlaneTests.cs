using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Weir.Acceptance;

/// <summary>`weir run --data`: the Admin API, the traffic, and what is left after a kill.</summary>
public sealed class ControlPlaneTests : IDisposable
{
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("weir-control-");

    [Fact]
    public async Task A_change_is_live_when_it_is_answered_and_survives_a_kill()
    {
        await using (var first = await NodeAsync())
        {
            await first.PostAsync("/services", new { name = "web", url = "http://127.0.0.1:9" }, HttpStatusCode.Created);
            for (var i = 0; i < 20; i++)
            {
                await first.PostAsync("/services/web/routes", new { name = $"r{i}", paths = new[] { $"/r{i}" } }, HttpStatusCode.Created);
                await first.PostAsync($"/routes/r{i}/plugins", Answer(i), HttpStatusCode.Created);
                Assert.Equal($"{i}", await first.GetAsync($"/r{i}"));
            }
        }
        // The process above was killed, not stopped.
        await using var second = await NodeAsync();
        for (var i = 0; i < 20; i++) Assert.Equal($"{i}", await second.GetAsync($"/r{i}"));
    }

    [Fact]
    public async Task A_refused_change_leaves_the_traffic_as_it_is()
    {
        await using var node = await NodeAsync();
        await node.PostAsync("/routes", new { name = "r", paths = new[] { "/r" } }, HttpStatusCode.Created);
        await node.PostAsync("/routes/r/plugins", Answer(7), HttpStatusCode.Created);
        var refused = await node.PostAsync("/routes", new { name = "s", paths = new[] { "s" } }, HttpStatusCode.BadRequest);
        Assert.Equal("should start with: / (fixed path) or ~/ (regex path)", refused.GetProperty("fields").GetProperty("paths")[0].GetString());
        Assert.Equal("7", await node.GetAsync("/r"));
    }

    [Fact]
    public async Task Teams_have_rooms_of_their_own()
    {
        await using var node = await NodeAsync();
        foreach (var (team, number) in new[] { ("one", 1), ("two", 2) })
        {
            await node.PostAsync("/workspaces", new { name = team }, HttpStatusCode.Created);
            await node.PostAsync($"/{team}/routes", new { name = "app", paths = new[] { "/" + team } }, HttpStatusCode.Created);
            await node.PostAsync($"/{team}/routes/app/plugins", Answer(number), HttpStatusCode.Created);
        }
        Assert.Equal(("1", "2"), (await node.GetAsync("/one"), await node.GetAsync("/two")));
    }

    [Fact]
    public async Task A_guardrail_is_met_by_whoever_breaks_it()
    {
        await using var node = await NodeAsync();
        await node.PostAsync("/workspaces", new { name = "team" }, HttpStatusCode.Created);
        await node.PostAsync("/guardrails", new
        {
            name = "auth-everywhere",
            reason = "customers' data is behind every route",
            owner = "platform@example.org",
            require_plugin = new { name = "key-auth" },
        }, HttpStatusCode.Created);
        var refused = await node.PostAsync("/team/routes", new { name = "orders", paths = new[] { "/orders" } }, HttpStatusCode.Forbidden);
        Assert.Equal(
            "route 'orders': every route needs the plugin 'key-auth': add it to the route, to its service, or to the workspace "
            + "(guardrail 'auth-everywhere': customers' data is behind every route. Ask platform@example.org)", refused.GetProperty("message").GetString());
        await node.PostAsync("/team/plugins", new { name = "key-auth" }, HttpStatusCode.Created);
        await node.PostAsync("/team/routes", new { name = "orders", paths = new[] { "/orders" } }, HttpStatusCode.Created);
    }

    [Fact]
    public async Task Says_what_to_do_with_files()
    {
        var (code, _, errors) = await WeirProcess.EndedAsync("run", "--data", _folder.FullName, "kong.yaml");
        Assert.Equal(1, code);
        Assert.Contains("weir gateway sync kong.yaml", errors, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    static object Answer(int number) => new
    {
        name = "request-termination",
        config = new { status_code = 200, content_type = "text/plain", body = $"{number}" },
    };

    async Task<Node> NodeAsync()
    {
        var (process, proxy, _) = await WeirProcess.RunAsync("--data", _folder.FullName, "--admin", "127.0.0.1:0");
        return new Node(process, proxy, await process.AddressAsync("admin"));
    }

    sealed class Node(WeirProcess process, Uri proxy, Uri admin) : IAsyncDisposable
    {
        readonly HttpClient _proxy = TestGateway.NewClient(proxy);
        readonly HttpClient _admin = TestGateway.NewClient(admin);

        public async Task<JsonElement> PostAsync(string path, object body, HttpStatusCode expected)
        {
            using var answer = await _admin.PostAsJsonAsync(path, body, TestContext.Current.CancellationToken);
            var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.True(answer.StatusCode == expected, $"{answer.StatusCode}: {text}");
            return JsonDocument.Parse(text).RootElement;
        }

        public Task<string> GetAsync(string path) => _proxy.GetStringAsync(path, TestContext.Current.CancellationToken);

        public async ValueTask DisposeAsync()
        {
            _proxy.Dispose();
            _admin.Dispose();
            await process.DisposeAsync();
        }
    }
}
