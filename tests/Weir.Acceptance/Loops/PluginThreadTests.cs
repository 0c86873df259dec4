using Weir.Gateway;
using Weir.Server;

namespace Weir.Acceptance;

/// <summary>Where plugins run on the event loops: quick ones on the loop of the connection, those that take long on the thread pool.</summary>
public sealed class PluginThreadTests
{
    [Fact]
    public async Task Runs_a_quick_plugin_on_the_loop()
    {
        await using var upstream = await AppUpstream.SayingAsync("here");
        await using var gateway = await StartAsync(upstream, "- { name: thread-probe, config: { tag: quick } }");

        Assert.Equal(200, (int)(await gateway.Client.GetAsync("/anything")).StatusCode);

        Assert.Equal([("request", true), ("response", true), ("chunk", true), ("done", true)], await PhasesAsync("quick"));
    }

    [Fact]
    public async Task Runs_a_plugin_that_takes_long_on_the_thread_pool()
    {
        await using var upstream = await AppUpstream.SayingAsync("here");
        await using var gateway = await StartAsync(upstream, "- { name: slow-probe, config: { tag: slow } }");

        Assert.Equal(200, (int)(await gateway.Client.GetAsync("/anything")).StatusCode);

        Assert.Equal([("request", false), ("response", false), ("chunk", false), ("done", false)], await PhasesAsync("slow"));
    }

    [Fact]
    public async Task Brings_a_request_back_to_its_loop_after_a_plugin_that_awaited_something_else()
    {
        await using var upstream = await AppUpstream.SayingAsync("here");
        await using var gateway = await StartAsync(upstream, """
            - { name: thread-probe, config: { tag: awaiting, awaits_other: true } }
              - { name: slow-probe, config: { tag: between } }
            """);

        Assert.Equal(200, (int)(await gateway.Client.GetAsync("/anything")).StatusCode);

        Assert.Equal([("request", false)], (await PhasesAsync("between")).Take(1));
        Assert.Equal([("request", true), ("response", true)], (await PhasesAsync("awaiting")).Take(2));
    }

    [Fact]
    public async Task Names_the_plugin_that_holds_a_loop()
    {
        await using var upstream = await AppUpstream.SayingAsync("here");
        await using var gateway = await StartAsync(upstream, "- { name: thread-probe, config: { tag: holding, hold_ms: 50 } }");

        Assert.Equal(200, (int)(await gateway.Client.GetAsync("/anything")).StatusCode);

        await Poll.UntilAsync(() => gateway.Log.Lines.Any(line => line.Text.Contains("was held for", StringComparison.Ordinal)), "a report of the held loop");
        Assert.Contains(gateway.Log.Lines, line => line.Text.Contains("by thread-probe", StringComparison.Ordinal));
    }

    static Task<TestGateway> StartAsync(AppUpstream upstream, string plugins) => TestGateway.StartAsync($$"""
        _format_version: "3.0"
        services:
        - name: echo
          url: {{upstream.Address}}
          routes:
          - name: all
            paths: [/]
          plugins:
          {{plugins}}
        """,
        settings => settings with { Transport = TransportKind.Loops },
        [.. Catalog.All, PluginKind.Of<ThreadProbe, ThreadProbe.Settings>(), PluginKind.Of<SlowProbe, ThreadProbe.Settings>()]);

    static async Task<List<(string Phase, bool OnLoop)>> PhasesAsync(string tag)
    {
        await Poll.UntilAsync(() => ThreadProbe.Seen.TryGetValue(tag, out var seen) && seen.Any(note => note.Phase == "done"), "the done phase");
        return [.. ThreadProbe.Seen[tag].DistinctBy(note => note.Phase)];
    }
}
