using System.Text.Json.Nodes;
using Weir.Server;

namespace Weir.Acceptance;

/// <summary>One official client, the mock of all providers, and what stands between them.</summary>
public abstract class SdkRig : IAsyncLifetime
{
    readonly string _module;
    readonly SdkWords _words;
    readonly IReadOnlyList<SdkTarget> _targets;
    readonly string _plugins;

    MockServer _mock = null!;
    TestGateway? _gateway;
    SdkProcess _sdk = null!;

    /// <param name="module">The client's module.</param>
    /// <param name="words">Its words.</param>
    /// <param name="targets">Where it asks.</param>
    /// <param name="plugins">Plugins of all routes, as YAML.</param>
    private protected SdkRig(string module, SdkWords words, IReadOnlyList<SdkTarget> targets, string plugins = "") =>
        (_module, _words, _targets, _plugins) = (module, words, targets, plugins);

    public async ValueTask InitializeAsync()
    {
        _mock = new MockServer("127.0.0.1:0", TimeProvider.System, requiresKey: true);
        await _mock.StartAsync(CancellationToken.None);
        var routes = string.Concat(_targets.Select((target, index) => target.Provider?.Route($"target-{index}", target.Model, _mock.Address)));
        if (routes.Length > 0) _gateway = await TestGateway.StartAsync($"_format_version: \"3.0\"\nroutes:\n{routes}{_plugins}");
        _sdk = new SdkProcess(_module);
    }

    public async ValueTask DisposeAsync()
    {
        await _sdk.DisposeAsync();
        if (_gateway is not null) await _gateway.DisposeAsync();
        await _mock.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Runs a scenario at a target and checks what came of it.</summary>
    public async Task CheckAsync(string target, string scenario) =>
        SdkScenarios.Check(scenario, await RunAsync(target, scenario), _targets.First(one => one.Name == target), _words);

    /// <summary>Runs a scenario at a target.</summary>
    public async Task<JsonNode> RunAsync(string target, string scenario)
    {
        var index = _targets.Select(static one => one.Name).ToList().IndexOf(target);
        var at = _targets[index];
        var server = at.Provider is null ? _mock.Address : $"{_gateway!.Proxy}target-{index}";
        return await _sdk.RunAsync(scenario, new JsonObject
        {
            ["baseUrl"] = server + at.Path,
            ["model"] = at.Model,
            ["surface"] = at.Surface,
            ["key"] = "key-of-the-client",
        });
    }

    /// <summary>Every scenario at every target.</summary>
    internal static TheoryData<string, string> Cases(IReadOnlyList<SdkTarget> targets)
    {
        var cases = new TheoryData<string, string>();
        foreach (var target in targets)
        {
            foreach (var scenario in SdkScenarios.Names.Where(name => !target.Without.Contains(name))) cases.Add(target.Name, scenario);
        }
        return cases;
    }
}
