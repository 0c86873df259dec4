using System.Diagnostics;
using System.Globalization;

namespace Weir.Bench.Load;

/// <summary>What connections cost that only wait: before their first request, and after it.</summary>
sealed class Idle(WeirGateway gateway, Site site, int wanted)
{
    /// <summary>Opened before anything is counted: code and pools of the process are there then.</summary>
    const int WarmUpConnections = 1000;

    /// <summary>Left for the gateway's own files and its connections to the upstream.</summary>
    const int SpareDescriptors = 500;

    /// <summary>Left for a holder's own files.</summary>
    const int HolderDescriptors = 100;

    const int SettleSeconds = 30;

    /// <summary>The exit code: 1 when a connection was not answered, or is counted after it has gone.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<WeirGateway> gateways, Site site, Options options, CancellationToken cancel)
    {
        Console.WriteLine(
            "| system | connections | silent: resident bytes each (heap) | after one request each: resident bytes each (heap) | answered | left over |");
        Console.WriteLine("|---|---|---|---|---|---|");
        var isSound = true;
        foreach (var gateway in gateways)
            isSound &= await new Idle(gateway, site, options.IdleConnections).RunAsync(cancel);
        return isSound ? 0 : 1;
    }

    async Task<bool> RunAsync(CancellationToken cancel)
    {
        await using var child = await Child.StartAsync(gateway.Prepare(Row.Idle, site), cancel);
        var permitted = DescriptorsMax(child.Id);
        var count = Math.Min(wanted, permitted - SpareDescriptors - WarmUpConnections);
        if (count < wanted)
            Console.Error.WriteLine($"bench: a process here may have {permitted} descriptors, so {gateway.Name} gets {count} connections");

        var holders = new Stack<Holder>();
        try
        {
            var perHolder = DescriptorsMax(Environment.ProcessId) - HolderDescriptors;
            holders.Push(await Holder.StartAsync(child.Launch.Port, WarmUpConnections, 0, cancel));
            await holders.Peek().AskAsync(cancel);
            var before = await MemoryAsync(child, WarmUpConnections, cancel);
            for (var opened = 0; opened < count; opened += perHolder)
                holders.Push(await Holder.StartAsync(child.Launch.Port, Math.Min(perHolder, count - opened), WarmUpConnections + opened, cancel));
            var silent = await MemoryAsync(child, WarmUpConnections + count, cancel);
            var answered = 0;
            foreach (var holder in holders.SkipLast(1))
                answered += await holder.AskAsync(cancel);
            var used = await MemoryAsync(child, WarmUpConnections + count, cancel);
            while (holders.TryPop(out var holder))
                await holder.DisposeAsync();
            var left = await OpenAsync(child, wanted: 0, cancel);
            Console.WriteLine(Invariant(
                $"| {gateway.Name} | {count} | {silent.Since(before, count)} | {used.Since(before, count)} | {answered} | {left} |"));
            return answered == count && left == 0;
        }
        finally
        {
            while (holders.TryPop(out var holder))
                await holder.DisposeAsync();
        }
    }

    /// <summary>What it holds once it counts so many connections.</summary>
    static async Task<Memory> MemoryAsync(Child child, int connections, CancellationToken cancel)
    {
        var open = await OpenAsync(child, connections, cancel);
        if (open != connections)
            throw new InvalidOperationException($"{child.Launch} counts {open} connections, not {connections}");
        var page = await MetricsPage.ReadAsync(child.Launch.MetricsAddress!, cancel);
        return new(Accounting.OfTree(child.Id).RssKb * 1024, page.Value("weir_heap_bytes") ?? 0);
    }

    /// <summary>Connections of clients by the gateway's own count, once it is the one that is wanted or time is up.</summary>
    static async Task<long> OpenAsync(Child child, int wanted, CancellationToken cancel)
    {
        for (var began = Stopwatch.GetTimestamp(); ; await Task.Delay(200, cancel))
        {
            var page = await MetricsPage.ReadAsync(child.Launch.MetricsAddress!, cancel);
            var open = page.Value("weir_connections_open ") ?? throw new FormatException("the metrics do not tell the open connections");
            if (open == wanted || Stopwatch.GetElapsedTime(began).TotalSeconds > SettleSeconds)
                return open;
        }
    }

    static int DescriptorsMax(int process)
    {
        const string name = "Max open files";
        var line = File.ReadLines($"/proc/{process}/limits").First(static line => line.StartsWith(name, StringComparison.Ordinal));
        return int.Parse(line[name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], CultureInfo.InvariantCulture);
    }

    static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>What a process holds; the heap is that of its last collection.</summary>
    readonly record struct Memory(long ResidentBytes, long HeapBytes)
    {
        public string Since(Memory before, int connections) =>
            Invariant($"**{(ResidentBytes - before.ResidentBytes) / connections}** ({(HeapBytes - before.HeapBytes) / connections})");
    }
}
