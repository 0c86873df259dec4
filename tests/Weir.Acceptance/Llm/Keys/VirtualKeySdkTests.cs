using System.Text.Json.Nodes;
using Weir.Server;

namespace Weir.Acceptance;

/// <summary>Official clients with a virtual key in place of a provider's.</summary>
public sealed class VirtualKeySdkTests(VirtualKeySdkTests.Rig rig) : IClassFixture<VirtualKeySdkTests.Rig>
{
    public sealed class Rig : IAsyncLifetime
    {
        readonly KeyedModels _models = new();
        readonly Dictionary<string, SdkProcess> _sdks = [];
        MockServer _mock = null!;
        TestGateway _gateway = null!;

        public async ValueTask InitializeAsync()
        {
            _mock = new MockServer("127.0.0.1:0", TimeProvider.System, requiresKey: true);
            await _mock.StartAsync(CancellationToken.None);
            _gateway = await TestGateway.StartAsync(_models.Document(_mock.Address));
            foreach (var module in new[] { "openai", "anthropic", "google" }) _sdks[module] = new SdkProcess(module);
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var sdk in _sdks.Values) await sdk.DisposeAsync();
            await _gateway.DisposeAsync();
            await _mock.DisposeAsync();
        }

        public Task<JsonNode> AskAsync(string module, string scenario, string key, string model) => _sdks[module].RunAsync(scenario, new JsonObject
        {
            ["baseUrl"] = _gateway.Proxy.ToString().TrimEnd('/') + (module == "openai" ? "/v1" : ""),
            ["model"] = model,
            ["surface"] = "",
            ["key"] = _models[key],
        });
    }

    [Theory]
    [InlineData("openai", "plain")]
    [InlineData("openai", "stream")]
    [InlineData("anthropic", "plain")]
    [InlineData("anthropic", "stream")]
    [InlineData("google", "plain")]
    [InlineData("google", "stream")]
    public async Task A_key_and_the_one_that_it_replaced_may_call_their_model(string module, string scenario)
    {
        foreach (var key in new[] { "search", "old", "all" })
            Assert.Equal("You said: Hello there, weir.", (string?)(await rig.AskAsync(module, scenario, key, "gpt"))["text"]);
    }

    [Theory]
    [InlineData("openai", "gpt", "search", "gpt")]
    [InlineData("openai", "gpt,claude", "all", "gpt")]
    [InlineData("anthropic", "gpt", "old", "gpt")]
    [InlineData("anthropic", "gpt,claude", "all", "gpt")]
    [InlineData("google", "models/gpt", "search", "gpt")]
    public async Task Lists_have_what_the_key_may_use(string module, string expected, string key, string model)
    {
        var outcome = await rig.AskAsync(module, "models", key, model);
        Assert.Equal(expected, string.Join(',', outcome["models"]?.AsArray().Select(static id => (string?)id) ?? [outcome.ToJsonString()]));
    }

    [Theory]
    [InlineData("openai", "claude", "search", "NotFoundError", 404)]
    [InlineData("openai", "gpt-9", "search", "NotFoundError", 404)]
    [InlineData("anthropic", "claude", "search", "NotFoundError", 404)]
    [InlineData("google", "claude", "all", "ApiError", 404)]
    [InlineData("openai", "gpt", "unknown", "AuthenticationError", 401)]
    [InlineData("openai", "gpt", "expired", "AuthenticationError", 401)]
    [InlineData("openai", "gpt", "revoked", "AuthenticationError", 401)]
    [InlineData("openai", "gpt", "disabled", "AuthenticationError", 401)]
    [InlineData("openai", "gpt", "ended", "AuthenticationError", 401)]
    [InlineData("anthropic", "gpt", "unknown", "AuthenticationError", 401)]
    [InlineData("anthropic", "gpt", "expired", "AuthenticationError", 401)]
    [InlineData("anthropic", "gpt", "revoked", "AuthenticationError", 401)]
    [InlineData("google", "gpt", "unknown", "ApiError", 401)]
    [InlineData("google", "gpt", "expired", "ApiError", 401)]
    public async Task Clients_raise_the_error_that_they_raise_at_the_provider(string module, string model, string key, string error, int status)
    {
        var outcome = (await rig.AskAsync(module, "plain", key, model))["error"];
        Assert.NotNull(outcome);
        Assert.Contains(error, outcome["classes"]!.AsArray().Select(static name => (string?)name));
        Assert.Equal(status, (int?)outcome["status"]);
    }

    [Theory]
    [InlineData("openai", "AuthenticationError")]
    [InlineData("anthropic", "AuthenticationError")]
    [InlineData("google", "ApiError")]
    public async Task Lists_need_a_key_too(string module, string error)
    {
        var outcome = (await rig.AskAsync(module, "models", "revoked", "gpt"))["error"];
        Assert.Contains(error, outcome!["classes"]!.AsArray().Select(static name => (string?)name));
    }
}
