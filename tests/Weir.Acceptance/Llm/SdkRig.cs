using System.Text.Json.Nodes;
using Weir.Server;

namespace Weir.Acceptance;

/// <summary>One official client, the mock of all providers, and what stands between them.</summary>
public abstract class SdkRig : IAsyncLifetime
{
    readonly string _module;
    readonly SdkWords _words;
    readonly IReadOnlyList<SdkTarget> _targets;

    MockServer _mock = null!;
    SdkProcess _sdk = null!;

    private protected SdkRig(string module, SdkWords words, IReadOnlyList<SdkTarget> targets) => (_module, _words, _targets) = (module, words, targets);

    public async ValueTask InitializeAsync()
    {
        _mock = new MockServer("127.0.0.1:0", TimeProvider.System, requiresKey: true);
        await _mock.StartAsync(CancellationToken.None);
        _sdk = new SdkProcess(_module);
    }

    public async ValueTask DisposeAsync()
    {
        await _sdk.DisposeAsync();
        await _mock.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Runs a scenario at a target and checks what came of it.</summary>
    public async Task CheckAsync(string target, string scenario)
    {
        var at = _targets.Single(one => one.Name == target);
        var outcome = await _sdk.RunAsync(scenario, new JsonObject
        {
            ["baseUrl"] = at.Address(_mock).ToString().TrimEnd('/'),
            ["model"] = at.Model,
            ["surface"] = at.Surface,
            ["key"] = "key-of-the-client",
        });
        SdkScenarios.Check(scenario, outcome, at, _words);
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
