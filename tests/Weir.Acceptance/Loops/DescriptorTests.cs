using Weir.Gateway.Tests;

namespace Weir.Acceptance;

/// <summary>A process that has no descriptors left: what is open goes on, what is new waits, and nothing turns in circles.</summary>
[Collection(nameof(Alone))]
public sealed class DescriptorTests : IDisposable
{
    const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    const string Failures = "weir_loop_accept_failures_total";

    const string Fixed = """
        _format_version: "3.0"
        routes: [{ name: all, paths: [/], plugins: [{ name: request-termination, config: { status_code: 200, message: here } }] }]
        """;

    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("weir-descriptors-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Serves_those_it_has_and_the_others_once_it_can()
    {
        const int Spare = 8, Newcomers = 64, Requests = 500;
        var (process, proxy, status) = await StartAsync();
        await using var running = process;
        using var loops = new ScrapedLoops(status);
        await using var old = await TestGateway.ConnectAsync(proxy);
        await AnswersAsync(old);
        Assert.Equal(0, await loops.SumAsync(Failures));

        var plenty = process.Descriptors;
        await process.LimitDescriptorsAsync(plenty + Spare);
        var newcomers = new List<RawClient>();
        for (var i = 0; i < Newcomers; i++)
        {
            newcomers.Add(await TestGateway.ConnectAsync(proxy));
            await newcomers[i].SendAsync(Get);
        }
        await Poll.UntilAsync(async () => await loops.SumAsync(Failures) > 0, "an accept has failed");

        var (failuresBefore, turnsBefore, timeBefore) = (await loops.SumAsync(Failures), await loops.SumAsync("weir_loop_turns_total"), process.ProcessorTime);
        for (var i = 0; i < Requests; i++) await AnswersAsync(old);
        await Poll.UntilAsync(async () => await loops.SumAsync(Failures) > failuresBefore + 4, "accepts are tried again");
        var tries = await loops.SumAsync(Failures) - failuresBefore;
        // A loop that turned in circles would do so a hundred thousand times a second.
        Assert.InRange(await loops.SumAsync("weir_loop_turns_total") - turnsBefore, 1, 20 * (Requests + tries));
        Assert.InRange(process.ProcessorTime - timeBefore, TimeSpan.Zero, TimeSpan.FromMilliseconds(4 * (Requests + tries)));
        Assert.InRange(process.Descriptors, plenty, plenty + Spare);
        Assert.Contains("Accepting connections paused: Too many open files", process.Output + process.Errors);

        await process.LimitDescriptorsAsync(1024);
        foreach (var client in newcomers) Assert.Equal(200, (await client.ReadAnswerAsync())?.Status);
        foreach (var client in newcomers) await client.DisposeAsync();
        await AnswersAsync(old);
        await Poll.UntilAsync(() => process.Descriptors <= plenty, "no descriptor is left over");
    }

    [Fact]
    public async Task Serves_the_next_when_one_of_those_it_has_leaves()
    {
        var (process, proxy, status) = await StartAsync();
        await using var running = process;
        using var loops = new ScrapedLoops(status);
        await using var old = await TestGateway.ConnectAsync(proxy);
        await AnswersAsync(old);
        Assert.Equal(0, await loops.SumAsync(Failures));
        await process.LimitDescriptorsAsync(process.Descriptors);
        await using var next = await TestGateway.ConnectAsync(proxy);
        await next.SendAsync(Get);
        await Poll.UntilAsync(async () => await loops.SumAsync(Failures) > 0, "an accept has failed");
        old.Reset();
        Assert.Equal(200, (await next.ReadAnswerAsync())?.Status);
    }

    [Fact]
    public async Task Answers_502_without_a_descriptor_for_the_upstream_and_goes_on_once_there_is_one()
    {
        await using var upstream = new ScriptedUpstream(FaultRig.Ending("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nsound"));
        var (process, proxy, _) = await StartAsync($$"""
            _format_version: "3.0"
            services: [{ name: scripted, url: "http://{{upstream.Address}}", retries: 1, routes: [{ name: all, paths: [/] }] }]
            """);
        await using var running = process;
        await using var client = await TestGateway.ConnectAsync(proxy);
        await AnswersAsync(client);

        // Those that it has are more.
        await process.LimitDescriptorsAsync(16);
        await client.SendAsync(Get);
        Assert.Equal(502, (await client.ReadAnswerAsync())?.Status);
        Assert.Contains("ConnectFailed Too many open files", process.Output + process.Errors);

        await process.LimitDescriptorsAsync(1024);
        await AnswersAsync(client);
    }

    static async Task AnswersAsync(RawClient client)
    {
        await client.SendAsync(Get);
        Assert.Equal(200, (await client.ReadAnswerAsync())?.Status);
    }

    Task<(WeirProcess Process, Uri Proxy, Uri Status)> StartAsync(string document = Fixed)
    {
        var file = Path.Combine(_folder.FullName, "kong.yaml");
        File.WriteAllText(file, document);
        return WeirProcess.RunAsync(file, "--set", "transport=loops", "--set", "access_log=off", "--no-watch");
    }
}
