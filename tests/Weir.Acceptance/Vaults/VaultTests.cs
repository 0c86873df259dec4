using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using Weir.Identity.Tests;

namespace Weir.Acceptance;

/// <summary>A gateway whose keys are in HashiCorp Vault, played on a port of this machine. Nothing that the gateway shows may hold a secret.</summary>
public sealed class VaultTests : IAsyncDisposable
{
    const string Token = "marker-token";

    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("weir-vaults-");
    readonly ConcurrentDictionary<string, string> _secrets = new() { ["ann"] = "marker-1" };
    readonly List<string> _shown = [];
    PlayedServer? _vault;
    volatile bool _isSealed;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        if (_vault is not null) await _vault.DisposeAsync();
        _folder.Delete(recursive: true);
        Assert.NotEmpty(_shown);
        Assert.All(_shown, static text => Assert.DoesNotContain("marker", text, StringComparison.Ordinal));
    }

    async Task<string> FileAsync()
    {
        _vault = await PlayedServer.StartAsync(Answer);
        var path = Path.Combine(_folder.FullName, "kong.yaml");
        await File.WriteAllTextAsync(path, $$$"""
            _format_version: "3.0"
            vaults:
            - {name: hcv, prefix: team-vault, config: {host: 127.0.0.1, port: {{{_vault.Port}}}, token: "{vault://env/vault-test-token}", ttl: 1}}
            consumers:
            - {username: ann, keyauth_credentials: [{key: "{vault://team-vault/ann/key}"}]}
            routes:
            - name: r
              paths: [/r]
              plugins: [{name: key-auth}, {name: request-termination, config: {status_code: 200, message: welcome}}]
            """, Cancel);
        return path;
    }

    Played Answer(Asked asked)
    {
        if (asked["X-Vault-Token"] != Token) return new Played(403, """{"errors":["permission denied"]}""");
        if (_isSealed) return new Played(503, """{"errors":["Vault is sealed"]}""");
        return _secrets.TryGetValue(asked.Target["/v1/secret/".Length..], out var key)
            ? $$$"""{"data":{"key":"{{{key}}}"}}""" : new Played(404, """{"errors":[]}""");
    }

    [Fact]
    public async Task A_secret_opens_a_route_is_replaced_by_a_new_one_and_outlives_its_vault()
    {
        var (process, proxy, status) = await WeirProcess.RunAsync([("VAULT_TEST_TOKEN", Token)], await FileAsync());
        await using var running = process;
        using var client = TestGateway.NewClient(proxy);
        using var watcher = TestGateway.NewClient(status);
        Assert.Equal(HttpStatusCode.OK, await CallAsync(client, "marker-1"));
        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(client, "marker-2"));

        _secrets["ann"] = "marker-2";
        await Poll.UntilAsync(async () => await CallAsync(client, "marker-2") == HttpStatusCode.OK, "the new key opens the route");
        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(client, "marker-1"));

        _isSealed = true;
        const string stale = "weir_vault_secrets{vault=\"team-vault\",state=\"stale\"} 1";
        await Poll.UntilAsync(
            async () => (await watcher.GetStringAsync("/metrics", Cancel)).Contains(stale, StringComparison.Ordinal),
            "the metrics say that the secret is of before");
        Assert.Equal(HttpStatusCode.OK, await CallAsync(client, "marker-2"));
        _isSealed = false;
        await Poll.UntilAsync(
            () => process.Errors.Contains("the secret ann can be fetched again", StringComparison.Ordinal), "the log says that the vault is back");
        _shown.AddRange([await watcher.GetStringAsync("/metrics", Cancel), await watcher.GetStringAsync("/status", Cancel), process.Output, process.Errors]);
    }

    [Fact]
    public async Task A_gateway_whose_vault_is_away_says_which_reference_and_which_vault()
    {
        var file = await FileAsync();
        _isSealed = true;
        await using var process = WeirProcess.Start(
            [("VAULT_TEST_TOKEN", Token)], "run", "--proxy", "127.0.0.1:0", "--proxy-tls", "off", "--status", "off", file);
        Assert.Equal(1, await process.ExitCodeAsync());
        Assert.Contains(
            $"vault reference {{vault://team-vault/ann/key}} cannot be resolved: the vault 'team-vault': 127.0.0.1:{_vault!.Port} is sealed or in maintenance",
            process.Errors, StringComparison.Ordinal);
        _shown.AddRange([process.Output, process.Errors]);
    }

    [Fact]
    public async Task A_control_plane_keeps_the_reference_and_its_gateway_goes_live_when_the_vault_is_back()
    {
        _vault = await PlayedServer.StartAsync(Answer);
        await using (var first = await NodeAsync())
        {
            using var admin = TestGateway.NewClient(await first.Process.AddressAsync("admin"));
            var config = new { port = _vault.Port, token = "{vault://env/vault-test-token}", ttl = 1 };
            await PostAsync(admin, "/vaults", new { name = "hcv", prefix = "team-vault", config });
            await PostAsync(admin, "/consumers", new { username = "ann" });
            await PostAsync(admin, "/consumers/ann/key-auth", new { key = "{vault://team-vault/ann/key}" });
            await PostAsync(admin, "/routes", new { name = "r", paths = new[] { "/r" } });
            await PostAsync(admin, "/routes/r/plugins", new { name = "key-auth" });
            await PostAsync(admin, "/routes/r/plugins", new { name = "request-termination", config = new { status_code = 200 } });
            Assert.Equal(HttpStatusCode.OK, await CallAsync(first.Proxy, "marker-1"));
            _secrets["ann"] = "marker-2";
            await Poll.UntilAsync(async () => await CallAsync(first.Proxy, "marker-2") == HttpStatusCode.OK, "the new key opens the route");
            foreach (var path in (string[])["journal", "consumers/ann/key-auth", "vaults", "diff?from=0&to=6", "revisions/6", "config", "dump", "status"])
                _shown.Add(await admin.GetStringAsync("/" + path, Cancel));
            Assert.Contains(_shown, static text => text.Contains("{vault://team-vault/ann/key}", StringComparison.Ordinal));
            _shown.AddRange([first.Process.Output, first.Process.Errors]);
        }
        _isSealed = true;
        await using var second = await NodeAsync();
        Assert.NotEqual(HttpStatusCode.OK, await CallAsync(second.Proxy, "marker-2"));
        _isSealed = false;
        await Poll.UntilAsync(async () => await CallAsync(second.Proxy, "marker-2") == HttpStatusCode.OK, "the vault is back", 30);
        _shown.AddRange([second.Process.Output, second.Process.Errors]);
    }

    async Task<Node> NodeAsync()
    {
        var (process, proxy, _) = await WeirProcess.RunAsync([("VAULT_TEST_TOKEN", Token)], "--data", _folder.FullName, "--admin", "127.0.0.1:0");
        return new Node(process, TestGateway.NewClient(proxy));
    }

    static async Task<HttpStatusCode> CallAsync(HttpClient client, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/r") { Headers = { { "apikey", key } } };
        using var answer = await client.SendAsync(request, Cancel);
        return answer.StatusCode;
    }

    static async Task PostAsync(HttpClient admin, string path, object body)
    {
        using var answer = await admin.PostAsJsonAsync(path, body, Cancel);
        Assert.True(answer.StatusCode == HttpStatusCode.Created, $"{path}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync(Cancel)}");
    }

    sealed record Node(WeirProcess Process, HttpClient Proxy) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            Proxy.Dispose();
            return Process.DisposeAsync();
        }
    }
}
