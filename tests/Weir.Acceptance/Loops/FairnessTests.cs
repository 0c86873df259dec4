using Weir.Gateway;
using Weir.Server;

namespace Weir.Acceptance;

/// <summary>One connection with much to do, and its neighbours on the same loop.</summary>
public sealed class FairnessTests
{
    const int Pipelined = 1000;

    [Fact]
    public async Task A_thousand_pipelined_requests_do_not_keep_a_neighbour_waiting()
    {
        await using var gateway = await TestGateway.StartAsync("""
            _format_version: "3.0"
            routes:
            - name: all
              paths: [/]
              plugins:
              - { name: turn-probe }
              - { name: request-termination, config: { status_code: 200, message: here } }
            """,
            static settings => settings with { Transport = TransportKind.Loops, TransportLoops = 1 },
            [PluginKind.Of<TurnProbe, TurnProbe.Settings>(), .. Catalog.All]);
        await using var holding = await gateway.ConnectAsync();
        await using var greedy = await gateway.ConnectAsync();
        await using var modest = await gateway.ConnectAsync();
        foreach (var client in new[] { greedy, modest, holding }) await AnswersAsync(client, "/first");
        TurnProbe.Served.Clear();

        // While the loop is held, both have sent everything: the greedy one comes first.
        await holding.SendAsync(Get("/hold"));
        Assert.True(await TurnProbe.Held.WaitAsync(FaultRig.Patience));
        await greedy.SendAsync(string.Concat(Enumerable.Repeat(Get("/greedy"), Pipelined)));
        await modest.SendAsync(Get("/modest"));
        TurnProbe.Go.Release();

        Assert.Equal(200, (await modest.ReadAnswerAsync().WaitAsync(FaultRig.Patience))?.Status);
        for (var i = 0; i < Pipelined; i++) Assert.Equal(200, (await greedy.ReadAnswerAsync().WaitAsync(FaultRig.Patience))?.Status);
        var served = TurnProbe.Served.ToList();
        Assert.Equal(Pipelined, served.Count(static path => path == "/greedy"));
        Assert.InRange(served.IndexOf("/modest"), 0, Pipelined / 10);
    }

    static string Get(string path) => $"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n";

    static async Task AnswersAsync(RawClient client, string path)
    {
        await client.SendAsync(Get(path));
        Assert.Equal(200, (await client.ReadAnswerAsync().WaitAsync(FaultRig.Patience))?.Status);
    }
}
