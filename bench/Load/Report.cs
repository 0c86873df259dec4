using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Weir.Bench.Load;

/// <summary>The tables for people and the file for programs.</summary>
static class Report
{
    /// <summary>More than this many processors busy with something else: the run is not quiet.</summary>
    const double QuietCoresMax = 0.4;

    /// <summary>A fixed rate that was reached by less than this is another measurement.</summary>
    const double RateReachedMin = 0.98;

    static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public static string Markdown(IReadOnlyList<Subject> subjects, Options options)
    {
        var text = new StringBuilder();
        text.AppendLine(Invariant($"{Machine()}; wrk with {options.Connections} connections."));
        text.AppendLine(Invariant($"Medians of {options.Rounds} rounds of {options.RunSeconds} s, order reversed each round."));
        foreach (var row in Row.All.Where(row => subjects.Any(subject => subject.Row == row)))
        {
            text.AppendLine().AppendLine(Invariant($"### {row.Title}")).AppendLine();
            text.AppendLine(Invariant($"Load: {row.Load.Title}.")).AppendLine();
            var direct = row.Load is IdleProbe or FirstToken;
            text.AppendLine("| system | CPU µs/req median (min-max) | user + kernel | ratio to nginx, same round | req/s | p50 / p99 µs "
                + "| peak RSS MB | idle RSS MB | start-up ms | allocated B/req | gen-2 |" + (direct ? " added p50 / p99 µs |" : ""));
            text.AppendLine("|---|---|---|---|---|---|---|---|---|---|---|" + (direct ? "---|" : ""));
            foreach (var subject in subjects.Where(subject => subject.Row == row || StandsFor(subject, row)))
                AppendLine(text, subject, Ratios(subject, row, subjects));
        }

        AskedTable.Append(text, subjects);
        AppendDoubts(text, subjects);
        return text.ToString();
    }

    public static void WriteJson(IReadOnlyList<Subject> subjects, Options options)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(options.JsonPath))!);
        var report = new
        {
            machine = Machine(),
            options,
            subjects = subjects.Select(subject => new
            {
                subject.System,
                row = subject.Row.Name,
                cpuUs = Median(subject.Runs.Select(static run => run.CpuUs)),
                ratio = Ratios(subject, subject.Row, subjects) is { Length: > 0 } ratios ? Median(ratios) : (double?)null,
                startUpMs = Median(subject.StartUpsMs),
                subject.IdleRssKb,
                subject.PeakRssKb,
                subject.StartUpsMs,
                subject.Runs,
            }),
        };
        File.WriteAllText(options.JsonPath, JsonSerializer.Serialize(report, Indented));
    }

    /// <summary>The row has no nginx of its own, and this is the one that it is compared with.</summary>
    static bool StandsFor(Subject subject, Row row) =>
        subject.System == Gateway.Reference && row.Reference is not null && !row.IsPlainProxying && subject.Row.Name == row.Reference;

    static void AppendLine(StringBuilder text, Subject subject, double[] ratios)
    {
        double median(Func<Run, double> of) => Median(subject.Runs.Select(of));
        double[] cpu = [.. subject.Runs.Select(static run => run.CpuUs)];
        var (p50, p99) = (median(static run => run.P50Us), median(static run => run.P99Us));
        text.Append(Invariant($"| {subject.System} | **{Median(cpu):0.0}** ({cpu.Min():0.0}-{cpu.Max():0.0}) "));
        text.Append(Invariant($"| {median(static run => run.UserUs):0.0} + {median(static run => run.KernelUs):0.0} "));
        text.Append(ratios.Length == 0 ? "| " : Invariant($"| **{Median(ratios):0.00}** ({ratios.Min():0.00}-{ratios.Max():0.00}) "));
        text.Append(Invariant($"| {median(static run => run.RequestsPerSecond):0} | {p50:0} / {p99:0} "));
        text.Append(Invariant($"| {subject.PeakRssKb / 1024} | {subject.IdleRssKb / 1024} | {Median(subject.StartUpsMs):0} "));

        var heaps = subject.Runs.Where(static run => run.Heap is not null).Select(static run => (run.Requests, run.Heap!.Value)).ToList();
        text.Append(heaps.Count == 0
            ? "| | |"
            : Invariant($"| {Median(heaps.Select(static heap => heap.Value.AllocatedBytes / (double)heap.Requests)):0} ")
                + Invariant($"| {heaps.Sum(static heap => heap.Value.Gen2Collections)} |"));
        if (subject.Runs.Any(static run => run.Direct is not null))
        {
            text.Append(Invariant($" {median(static run => run.P50Us - run.Direct!.Value.P50Us):0} "));
            text.Append(Invariant($"/ {median(static run => run.P99Us - run.Direct!.Value.P99Us):0} |"));
        }

        text.AppendLine();
    }

    /// <summary>What the reader must know before believing a number.</summary>
    static void AppendDoubts(StringBuilder text, IReadOnlyList<Subject> subjects)
    {
        var runs = subjects.SelectMany(static subject => subject.Runs.Select(run => (subject.Name, Run: run))).ToList();
        foreach (var (name, run) in runs.Where(static pair => pair.Run.Errors > 0))
            text.AppendLine().AppendLine(Invariant($"{name} round {run.Round}: {run.Errors} of {run.Requests} requests failed."));
        foreach (var subject in subjects)
        {
            if (subject.Row.Load is FixedRate rate)
                AppendMissedRates(text, subject, rate.RequestsPerSecond);
        }

        var noisy = runs.Count(static pair => pair.Run.OtherCores > QuietCoresMax);
        if (noisy > 0)
            text.AppendLine().AppendLine(Invariant($"{noisy} of {runs.Count} runs had more than {QuietCoresMax} cores busy with something else."));
    }

    static void AppendMissedRates(StringBuilder text, Subject subject, int wanted)
    {
        foreach (var run in subject.Runs.Where(run => run.RequestsPerSecond < wanted * RateReachedMin))
            text.AppendLine().AppendLine(Invariant($"{subject.Name} round {run.Round}: {run.RequestsPerSecond:0} of {wanted} requests/s."));
    }

    /// <summary>Empty when nginx has no such row.</summary>
    static double[] Ratios(Subject subject, Row row, IReadOnlyList<Subject> all) =>
        ReferenceRuns(row, all) is { } reference ? [.. subject.Runs.Select(run => run.CpuUs / reference[run.Round].CpuUs)] : [];

    /// <summary>The runs of nginx that the row is compared with, by round.</summary>
    public static Dictionary<int, Run>? ReferenceRuns(Row row, IReadOnlyList<Subject> all) => row.Reference is null
        ? null
        : all.First(other => other.System == Gateway.Reference && other.Row.Name == row.Reference).Runs.ToDictionary(static run => run.Round);

    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    static string Machine()
    {
        const string key = "model name";
        var model = File.ReadLines("/proc/cpuinfo").FirstOrDefault(static line => line.StartsWith(key, StringComparison.Ordinal));
        var processor = model?.Split(':')[1].Trim() ?? "processor";
        return Invariant($"{Environment.ProcessorCount} x {processor}, Linux {Environment.OSVersion.Version}, .NET {Environment.Version}");
    }

    static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
