using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Config;
using Weir.Control;
using Weir.Telemetry;

namespace Weir.Bench.State;

/// <summary>Steps of the measurement; each prints a line.</summary>
static class Bench
{
    static readonly SnapshotSettings s_never = new() { TransactionsMax = long.MaxValue, BytesMax = long.MaxValue };

    public static async Task<int> BuildAsync(string folder, int consumers, int routes)
    {
        var started = Stopwatch.GetTimestamp();
        await using var journal = Open(folder, JournalSync.Never);
        var transactions = await new JournalBuilder(journal, Parts()).RunAsync(consumers, routes);
        Print(started, string.Create(
            CultureInfo.InvariantCulture, $"journal of {consumers:N0} consumers with a key each and {routes:N0} routes, {transactions:N0} transactions"));
        return 0;
    }

    public static async Task<int> OpenAsync(string folder, string how)
    {
        var started = Stopwatch.GetTimestamp();
        await using var journal = Open(folder);
        await using var plane = await ControlPlane.OpenAsync(journal, Parts(), default);
        Print(started, "opened by " + how);
        return 0;
    }

    public static async Task<int> SnapshotAsync(string folder)
    {
        await using var journal = Open(folder);
        await using var plane = await ControlPlane.OpenAsync(journal, Parts(), default);
        var (started, state) = (Stopwatch.GetTimestamp(), plane.Current);
        await journal.SaveSnapshotAsync(state.Head, (into, stop) => StateSnapshot.WriteAsync(state, into, stop), default);
        var bytes = new FileInfo(JournalFolder.SnapshotPath(folder, state.Revision)).Length;
        Print(started, string.Create(CultureInfo.InvariantCulture, $"snapshot of {bytes / 1e6:N0} MB written"));
        return 0;
    }

    /// <summary>What the journal is asked, on a node that has just started.</summary>
    public static async Task<int> AskAsync(string folder)
    {
        await using var journal = Open(folder);
        await using var plane = await ControlPlane.OpenAsync(journal, Parts(), default);
        var (history, state) = (new History(plane), plane.Current);
        var consumer = state.Table(ControlState.DefaultWorkspace, ControlKinds.Consumers).Find("user-0000007")!;
        for (var round = 1; round <= 2; round++)
        {
            await TimeAsync($"who is to ask about a consumer ({Ordinal(round)} time)",
                () => history.BlameAsync(ControlState.DefaultWorkspace, consumer, default));
            await TimeAsync($"state of 100 transactions ago ({Ordinal(round)} time)", () => history.AtAsync(state, state.Revision - 100, default));
            await TimeAsync($"the last 100 transactions ({Ordinal(round)} time)",
                async () => await history.ReadBackAsync(state.Revision, 0, static _ => true, default).Take(100).ToListAsync());
            await TimeAsync($"one consumer changed ({Ordinal(round)} time)", () => plane.CommitAsync(
                new Author("bench"),
                draft => draft.Patch(ControlState.DefaultWorkspace, ControlKinds.Consumers, "user-0000007", Tags(state.Revision + round), out _) is { } refused
                    ? [refused] : [],
                CommitOptions.Default, default));
        }
        return 0;
    }

    static MapNode Tags(long number) => (MapNode)JsonText.Read("body", $$"""{"tags":["t{{number}}"]}""", new ReadLimits(), new Report(10))!;

    static string Ordinal(int round) => round == 1 ? "first" : "second";

    static async Task TimeAsync<T>(string what, Func<Task<T>> work)
    {
        var started = Stopwatch.GetTimestamp();
        await work();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(started).TotalMilliseconds,9:N1} ms  {what}"));
    }

    static FileJournal Open(string folder, JournalSync sync = JournalSync.Always) => FileJournal.Open(
        new FileJournalSettings { Folder = folder, Sync = sync }, new MetricRegistry(), TimeProvider.System, NullLogger.Instance);

    static ControlParts Parts() => new(
        new ReadOptions { Plugins = new Dictionary<string, PluginKind>(), Environment = static _ => null }, TimeProvider.System, Guid.NewGuid,
        NullLogger.Instance)
    { Snapshots = s_never };

    static void Print(long started, string what)
    {
        var elapsed = Stopwatch.GetElapsedTime(started);
        var held = GC.GetTotalMemory(forceFullCollection: true);
        // The most that the process ever had.
        var most = File.ReadLines("/proc/self/status").First(static line => line.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(' ')[^2];
        var mostMegabytes = long.Parse(most, CultureInfo.InvariantCulture) / 1e3;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{elapsed.TotalSeconds,9:N2} s   {held / 1e6,7:N0} MB held, {mostMegabytes,7:N0} MB at most   {what}"));
    }
}
