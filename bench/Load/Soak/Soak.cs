using System.Diagnostics;
using System.Globalization;

namespace Weir.Bench.Load;

/// <summary>
/// Saturation by good clients, with bad ones among them, for minutes; then silence, after which the gateway must hold no more than before. Every request of
/// the good ones must have been answered.
/// </summary>
sealed class Soak(WeirGateway gateway, Site site, Options options)
{
    /// <summary>Upstream connections go after this long, so that those that stay are leaked ones.</summary>
    public const int UpstreamIdleSeconds = 5;

    /// <summary>How long the gateway may take to let go of everything.</summary>
    const int SettleSeconds = 60;

    const int WarmUpSeconds = 5;
    const int SampleSeconds = 60;
    const int ShortLivedConnections = 16;

    /// <summary>A machine that is busy with something else may keep everybody waiting; what takes longer than this is lost.</summary>
    const int AnswerTimeoutSeconds = 20;

    /// <summary>What the runtime opens for itself now and then.</summary>
    const int DescriptorSlack = 4;

    /// <summary>The pool keeps the threads it has grown to for a while, and its number is the runtime's choice.</summary>
    const int ThreadSlack = 8;

    /// <summary>Memory settles in the first minute; what it grows by later is held.</summary>
    const long RssSlackKb = 48 * 1024;

    /// <summary>The exit code: 1 when one of them leaks or fails.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<WeirGateway> gateways, Site site, Options options, CancellationToken cancel)
    {
        var faults = 0;
        foreach (var gateway in gateways)
            faults += await new Soak(gateway, site, options).RunAsync(cancel);
        return faults == 0 ? 0 : 1;
    }

    /// <summary>The number of leaks, and of minutes in which requests failed.</summary>
    async Task<int> RunAsync(CancellationToken cancel)
    {
        Console.WriteLine($"### Soak of {gateway.Name}\n");
        Console.WriteLine(
            "| minute | requests | failed | longest s | other cores busy | bad clients (late) "
                + "| descriptors | of clients, upstreams | connections open | threads | RSS MB | heap MB |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|---|---|");
        await using var child = await Child.StartAsync(gateway.Prepare(Row.Soak, site), cancel);
        _ = await LoadAsync(child, WarmUpSeconds, cancel);
        var before = await SettleAsync(child, static vitals => vitals is { ClientSockets: 0, UpstreamSockets: 0, OpenConnections: 0 }, cancel);
        WriteLine("before", "| | | | | ", before);

        Vitals? first = null;
        var faults = new List<string>();
        var left = (int)Math.Ceiling(options.SoakMinutes * SampleSeconds);
        for (var minute = 1; left > 0; minute++, left -= SampleSeconds)
        {
            var sample = await LoadAsync(child, Math.Min(left, SampleSeconds), cancel);
            if (sample.Requests == 0)
                faults.Add($"no request was answered in minute {minute}");
            if (sample.Failures.Count > 0)
                faults.Add($"failed in minute {minute}: {sample.Failures}");
            first ??= sample.Vitals;
            WriteLine($"{minute}", sample.ToString(), sample.Vitals);
        }

        var after = await SettleAsync(child, vitals => Leaks(before, first!.Value, vitals).Count == 0, cancel);
        WriteLine("after", "| | | | | ", after);
        faults.AddRange(Leaks(before, first!.Value, after));
        Console.WriteLine($"\n{gateway.Name}: {(faults.Count == 0 ? "nothing failed, nothing leaked" : $"**{string.Join("; ", faults)}**")}.\n");
        return faults.Count;
    }

    /// <summary>
    /// Keep-alive, one request for each connection, HTTP/2, some at a fixed rate, of which none may be forgotten, and the bad clients; what the gateway
    /// holds is read while these are still there.
    /// </summary>
    async Task<Sample> LoadAsync(Child child, int seconds, CancellationToken cancel)
    {
        var port = child.Launch.PlainPort;
        var plain = child.Launch with { Port = port, Target = new UriBuilder(child.Launch.Target) { Scheme = Uri.UriSchemeHttp, Port = port }.Uri };
        var keptAlive = new Wrk { KeepsAnswers = true, TimeoutSeconds = AnswerTimeoutSeconds };
        await using var churn = new Churn(child.Launch);
        var (machine, ours) = (Accounting.OfMachine(), Accounting.OfTree(Environment.ProcessId).Cpu);
        (string Name, Task<LoadResult> Result)[] loads =
        [
            ("kept alive", keptAlive.RunAsync(plain, site, options, seconds, cancel)),
            ("one request each", new Wrk { KeepsAnswers = true, TimeoutSeconds = AnswerTimeoutSeconds, Header = "Connection: close" }
                .RunAsync(plain, site, options with { Connections = ShortLivedConnections }, seconds, cancel)),
            ("HTTP/2", new H2Load(connections: 4, streams: 8).RunAsync(child.Launch, site, options, seconds, cancel)),
            ("fixed rate", new FixedRate(200, connections: 16) { PatienceSeconds = AnswerTimeoutSeconds }.RunAsync(plain, site, options, seconds, cancel)),
        ];
        var results = await Task.WhenAll(loads.Select(static load => load.Result));
        var others = Accounting.OfMachine() - machine - (Accounting.OfTree(Environment.ProcessId).Cpu - ours);
        return new(
            results.Sum(static result => result.Requests), Failures.Of(loads.Zip(results, static (load, result) => (load.Name, result.Failures!))),
            results.Max(static result => result.LongestUs) / 1e6, Math.Max(0, others.TotalSeconds / seconds), churn.Ended, churn.Late,
            await Vitals.ReadAsync(child, site, cancel));
    }

    /// <summary>Without load, until it is so or time is up.</summary>
    async Task<Vitals> SettleAsync(Child child, Func<Vitals, bool> isSettled, CancellationToken cancel)
    {
        for (var began = Stopwatch.GetTimestamp(); ; await Task.Delay(500, cancel))
        {
            var vitals = await Vitals.ReadAsync(child, site, cancel);
            if (isSettled(vitals) || Stopwatch.GetElapsedTime(began).TotalSeconds > SettleSeconds)
                return vitals;
        }
    }

    static List<string> Leaks(Vitals before, Vitals first, Vitals after)
    {
        var leaks = new List<string>();
        void Check(string what, long now, long max)
        {
            if (now > max)
                leaks.Add($"{what}: {now}, at most {max} expected");
        }

        Check("descriptors", after.Descriptors, before.Descriptors + DescriptorSlack);
        Check("connections of clients", after.ClientSockets, 0);
        Check("connections to the upstream", after.UpstreamSockets, 0);
        Check("connections open by its own count", after.OpenConnections, 0);
        Check("threads", after.Threads, before.Threads + ThreadSlack);
        Check("resident KB", after.RssKb, first.RssKb + RssSlackKb);
        return leaks;
    }

    static void WriteLine(string name, string load, Vitals vitals) => Console.WriteLine(
        $"| {name} {load}| {vitals.Descriptors} | {vitals.ClientSockets}, {vitals.UpstreamSockets} | {vitals.OpenConnections} | {vitals.Threads} "
            + $"| {vitals.RssKb / 1024} | {vitals.HeapKb / 1024} |");

    /// <summary>One minute of load, or less.</summary>
    readonly record struct Sample(
        long Requests, Failures Failures, double LongestSeconds, double OtherCores, long BadClients, long Late, Vitals Vitals)
    {
        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture, $"| {Requests} | {Failures.Count} | {LongestSeconds:0.0} | {OtherCores:0.0} | {BadClients} ({Late}) ");
    }
}
