using System.Globalization;

namespace Weir.Bench.Load;

/// <summary>One gateway in one row: a process of its own, so that its memory and start-up are its own.</summary>
sealed class Subject(Gateway gateway, Row row)
{
    readonly List<Run> _runs = [];
    readonly List<double> _startUpsMs = [];
    Child? _child;

    public string System => gateway.Name;

    public bool IsWeir => gateway is WeirGateway;

    public Row Row => row;

    public string Name => $"{gateway.Name}/{row.Name}";

    public IReadOnlyList<Run> Runs => _runs;

    public IReadOnlyList<double> StartUpsMs => _startUpsMs;

    /// <summary>Resident memory after the first answer, before any load.</summary>
    public long IdleRssKb { get; private set; }

    public long PeakRssKb => _runs.Count == 0 ? 0 : _runs.Max(static run => run.PeakRssKb);

    /// <summary>Starts it some times for the start-up time and leaves the last one running.</summary>
    public async Task<Child> StartAsync(Site site, int starts, CancellationToken cancel)
    {
        for (var i = 0; ; i++)
        {
            _child = await Child.StartAsync(gateway.Prepare(row, site), cancel);
            _startUpsMs.Add(_child.StartUp.TotalMilliseconds);
            if (i + 1 >= starts)
                break;
            await _child.DisposeAsync();
        }

        IdleRssKb = Accounting.OfTree(_child.Id).RssKb;
        return _child;
    }

    public async Task WarmUpAsync(Site site, Options options, CancellationToken cancel)
    {
        if (options.WarmUpSeconds > 0)
            await row.Load.RunAsync(_child!.Launch, site, options, options.WarmUpSeconds, cancel);
    }

    public async Task MeasureAsync(int round, Site site, Options options, CancellationToken cancel)
    {
        var heapBefore = await Heap.ReadAsync(_child!.Launch, cancel);
        var (machineBefore, oursBefore, before) = (Accounting.OfMachine(), Accounting.OfTree(Environment.ProcessId), Accounting.OfTree(_child.Id));
        var load = await row.Load.RunAsync(_child.Launch, site, options, options.RunSeconds, cancel);
        var (machineAfter, oursAfter, after) = (Accounting.OfMachine(), Accounting.OfTree(Environment.ProcessId), Accounting.OfTree(_child.Id));
        // Ours is the bench with all it started, the clients included, which have ended by now.
        var others = machineAfter - machineBefore - (oursAfter.Cpu - oursBefore.Cpu);
        var heapAfter = await Heap.ReadAsync(_child.Launch, cancel);

        double perRequest(TimeSpan time) => time.TotalMicroseconds / Math.Max(1, load.Requests);
        var cpuUs = perRequest(after.CpuSince(before));
        var kernelShare = after.Cpu > before.Cpu ? (after.Kernel - before.Kernel) / (after.Cpu - before.Cpu) : 0;
        _runs.Add(new(
            round, load.Requests, load.Errors, cpuUs * (1 - kernelShare), cpuUs * kernelShare,
            load.Requests / load.Seconds, load.P50Us, load.P99Us, after.PeakRssKb, Math.Max(0, others.TotalSeconds / load.Seconds),
            heapAfter is { } to && heapBefore is { } from ? new(to.AllocatedBytes - from.AllocatedBytes, to.Gen2Collections - from.Gen2Collections) : null)
        {
            Direct = load.Direct,
            LongestUs = load.LongestUs,
        });
    }
}

/// <summary>One measured run.</summary>
/// <param name="Round">From 1.</param>
/// <param name="Requests">Answers that the clients received.</param>
/// <param name="Errors">Socket errors and answers that were no success.</param>
/// <param name="UserUs">CPU time of the gateway's processes per request, in user mode.</param>
/// <param name="KernelUs">The same in the kernel.</param>
/// <param name="RequestsPerSecond">Throughput, with the clients and the upstream on the same processors.</param>
/// <param name="P50Us">Median latency.</param>
/// <param name="P99Us">99th percentile.</param>
/// <param name="PeakRssKb">The most memory the gateway has held since it started.</param>
/// <param name="OtherCores">Processors that were busy with anything else: above some tenths the run is not quiet.</param>
/// <param name="Heap">Bytes allocated and gen-2 collections in the run; null when the gateway does not tell.</param>
sealed record Run(
    int Round, long Requests, long Errors, double UserUs, double KernelUs, double RequestsPerSecond, double P50Us, double P99Us, long PeakRssKb,
    double OtherCores, Heap? Heap)
{
    /// <summary>Latencies of the upstream itself, taken in turns with those of the gateway; null when the load does not do that.</summary>
    public DirectLatency? Direct { get; init; }

    /// <summary>The longest latency; 0 when the load does not tell.</summary>
    public double LongestUs { get; init; }

    public double CpuUs => UserUs + KernelUs;

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{CpuUs:0.0} µs/req, {RequestsPerSecond:0} req/s, p50 {P50Us:0} p99 {P99Us:0} µs, {OtherCores:0.0} other cores busy");
}
