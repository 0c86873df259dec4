using System.Text.Json.Nodes;
using Weir.Gateway;

namespace Weir.Acceptance;

/// <summary>What an operator sees of the event loops.</summary>
public sealed class LoopRecordTests
{
    const string Document = """
        _format_version: "3.0"
        routes:
        - name: fixed
          paths: [/]
          plugins:
          - name: request-termination
            config: { status_code: 200, message: here }
        """;

    [Fact]
    public async Task Shows_loops_and_their_connections()
    {
        await using var gateway = await TestGateway.StartAsync(Document, settings => settings with { Transport = TransportKind.Loops, TransportLoops = 2 });
        Assert.Equal(200, (int)(await gateway.Client.GetAsync("/")).StatusCode);
        using var status = TestGateway.NewClient(gateway.Status);

        var transport = JsonNode.Parse(await status.GetStringAsync("/status"))!["transport"]!;
        var metrics = (await status.GetStringAsync("/metrics")).Split('\n');

        Assert.Equal("loops", (string?)transport["kind"]);
        var loops = transport["loops"]!.AsArray();
        Assert.Equal((2, 1), (loops.Count, loops.Sum(loop => (int)loop!["connections"]!)));
        Assert.True(loops.Sum(loop => (long)loop!["events"]!) > 0);
        Assert.Equal(1, Enumerable.Range(0, 2).Count(loop => metrics.Contains($"weir_loop_connections{{loop=\"{loop}\"}} 1")));
        Assert.All(["turns_total", "events_total", "budget_exhausted_total", "held_total", "farewells_cut_total", "longest_turn_seconds"], name =>
            Assert.Contains(metrics, line => line.StartsWith($"weir_loop_{name}{{loop=\"1\"}} ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Shows_that_the_runtime_moves_the_bytes()
    {
        await using var gateway = await TestGateway.StartAsync(Document, settings => settings with { Transport = TransportKind.Sockets });
        using var status = TestGateway.NewClient(gateway.Status);

        Assert.Equal("sockets", (string?)JsonNode.Parse(await status.GetStringAsync("/status"))!["transport"]!["kind"]);
        Assert.DoesNotContain("weir_loop_", await status.GetStringAsync("/metrics"));
    }
}
