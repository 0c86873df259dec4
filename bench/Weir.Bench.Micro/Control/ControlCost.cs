using System.Diagnostics;
using System.Globalization;
using Weir.Config;
using Weir.Control;

namespace Weir.Bench.Micro;

/// <summary>
/// What a change costs: how long a state takes to be written and to be opened again, how much memory it needs, and how long one change takes from its
/// judgement to the swap. <c>control [routes] [consumers] [changes]</c>; without arguments 10,000 routes, and 100,000 routes with 1,000,000 consumers.
/// </summary>
static class ControlCost
{
    const int RoutesPerService = 10;
    const int EntitiesPerTransaction = 5_000;

    public static async Task<int> RunAsync(string[] args)
    {
        var changes = args.Length > 2 ? Number(args[2]) : 50;
        if (args.Length > 1)
        {
            await RunAsync(Number(args[0]), Number(args[1]), changes);
            return 0;
        }
        await RunAsync(10_000, 0, changes);
        await RunAsync(100_000, 1_000_000, changes);
        return 0;
    }

    static async Task RunAsync(int routes, int consumers, int changes)
    {
        Console.WriteLine($"\n{routes:n0} routes, {routes / RoutesPerService:n0} services with a plugin each, {consumers:n0} consumers with a key each");
        var folder = Directory.CreateTempSubdirectory("weir-bench-").FullName;
        try
        {
            var empty = Memory();
            await WriteAsync(folder, routes, consumers);
            var started = Stopwatch.GetTimestamp();
            await using var opened = await ControlRig.OpenAsync(folder);
            Print("opened again, all of the journal folded", Stopwatch.GetElapsedTime(started));
            var state = Memory();
            Print("first configuration live", await opened.ApplyAsync());
            var live = Memory();
            var entities = routes + (2 * routes / RoutesPerService) + (2 * consumers);
            Console.WriteLine($"  memory: state {Megabytes(state - empty)}, gateway {Megabytes(live - state)}; {(live - empty) / entities:n0} bytes an entity");
            await ChangeAsync(opened, routes, consumers, changes);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static async Task WriteAsync(string folder, int routes, int consumers)
    {
        await using var rig = await ControlRig.OpenAsync(folder);
        await FillAsync(rig, routes, consumers);
    }

    static async Task FillAsync(ControlRig rig, int routes, int consumers)
    {
        var started = Stopwatch.GetTimestamp();
        await InBatchesAsync(rig, routes / RoutesPerService, static (draft, i) =>
            Insert(draft, ControlKinds.Services, $$"""{"name":"service-{{i}}","host":"10.{{(i >> 16) & 255}}.{{(i >> 8) & 255}}.{{i & 255}}"}"""));
        await InBatchesAsync(rig, routes, static (draft, i) =>
        {
            var service = $"service-{i / RoutesPerService}";
            return Insert(draft, ControlKinds.Routes,
                $$$"""{"name":"route-{{{i}}}","paths":["/{{{service}}}/v{{{i % RoutesPerService}}}/items"],"service":{"name":"{{{service}}}"}}""");
        });
        await InBatchesAsync(rig, routes / RoutesPerService, static (draft, i) => Insert(draft, ControlKinds.Plugins,
            $$$"""{"name":"rate-limiting","service":{"name":"service-{{{i}}}"},"config":{"minute":600,"policy":"local"}}"""));
        await InBatchesAsync(rig, consumers, static (draft, i) => Insert(draft, ControlKinds.Consumers, $$"""{"username":"consumer-{{i}}"}""")
            ?? Insert(draft, ControlKinds.KeyAuthCredentials,
                $$$"""{"key":"key-of-consumer-{{{i}}}-{{{i * 7919L}}}","consumer":{"username":"consumer-{{{i}}}"}}"""));
        await rig.CommitAsync(static draft => Insert(draft, ControlKinds.Plugins, """{"name":"key-auth","service":{"name":"service-0"}}"""));
        Print("written, each entity judged", Stopwatch.GetElapsedTime(started));
    }

    static async Task InBatchesAsync(ControlRig rig, int count, Func<Draft, int, Refusal?> work)
    {
        for (var from = 0; from < count; from += EntitiesPerTransaction)
        {
            var (start, end) = (from, Math.Min(count, from + EntitiesPerTransaction));
            await rig.CommitAsync(draft =>
            {
                for (var i = start; i < end; i++)
                    if (work(draft, i) is { } refused) return refused;
                return null;
            });
        }
    }

    static async Task ChangeAsync(ControlRig rig, int routes, int consumers, int changes)
    {
        Console.WriteLine($"  {"one change",-34} {"judged, on disk",16} {"read, built, live",18} {"together: median",17} {"worst",9} {"read",6} {"made",6}");
        // What is compiled at first use, and the garbage of the start, belong to no change.
        await MeasureAsync(rig, null, 3, (draft, i) => Patch(draft, ControlKinds.Routes, $"route-{i}", $$"""{"paths":["/warm-{{i}}"]}"""));
        await MeasureAsync(rig, "path of a route", changes, (draft, i) =>
            Patch(draft, ControlKinds.Routes, $"route-{i * 7 % routes}", $$"""{"paths":["/moved-{{i}}"]}"""));
        await MeasureAsync(rig, "timeout of a service", changes, (draft, i) =>
            Patch(draft, ControlKinds.Services, $"service-{i * 7 % (routes / RoutesPerService)}", $$"""{"read_timeout":{{30_000 + i}}}"""));
        await MeasureAsync(rig, "limit of a plugin", changes, (draft, i) =>
        {
            var service = draft.Find(ControlState.DefaultWorkspace, ControlKinds.Services, $"service-{i + 1}")!;
            var plugin = draft.Referring(ControlState.DefaultWorkspace, ControlKinds.Plugins, ControlKinds.ServiceOfPlugin, service.Id)[0];
            return Patch(draft, ControlKinds.Plugins, plugin.Id.ToString(), $$$"""{"config":{"minute":{{{601 + i}}} } }""");
        });
        await MeasureAsync(rig, "a new route", changes, (draft, i) =>
            Insert(draft, ControlKinds.Routes, $$$"""{"name":"new-{{{i}}}","paths":["/new-{{{i}}}"],"service":{"name":"service-1"}}"""));
        await MeasureAsync(rig, "a new consumer with a key", changes, (draft, i) => Insert(draft, ControlKinds.Consumers, $$"""{"username":"new-{{i}}"}""")
            ?? Insert(draft, ControlKinds.KeyAuthCredentials, $$$"""{"key":"new-key-{{{i}}}","consumer":{"username":"new-{{{i}}}"}}"""));
        if (consumers > 0)
            await MeasureAsync(rig, "tags of a consumer", changes, (draft, i) =>
                Patch(draft, ControlKinds.Consumers, $"consumer-{i * 7919 % consumers}", """{"tags":["gold"]}"""));
    }

    static async Task MeasureAsync(ControlRig rig, string? name, int changes, Func<Draft, int, Refusal?> work)
    {
        List<(double Commit, double Apply)> taken = [];
        for (var i = 0; i < changes; i++)
        {
            var started = Stopwatch.GetTimestamp();
            await rig.CommitAsync(draft => work(draft, i));
            var commit = Stopwatch.GetElapsedTime(started);
            taken.Add((commit.TotalMilliseconds, (await rig.ApplyAsync()).TotalMilliseconds));
        }
        if (name is null) return;
        var together = taken.Select(static each => each.Commit + each.Apply).Order().ToList();
        Console.WriteLine(
            $"  {name,-34} {Median(taken.Select(static each => each.Commit)),13:n1} ms {Median(taken.Select(static each => each.Apply)),15:n1} ms"
            + $" {Median(together),14:n1} ms {together[^1],6:n1} ms {rig.Read,6} {rig.Made,6}");
    }

    static Refusal? Insert(Draft draft, ControlKind kind, string json) => draft.Insert(ControlState.DefaultWorkspace, kind, Body(json), out _);

    static Refusal? Patch(Draft draft, ControlKind kind, string name, string json) => draft.Patch(ControlState.DefaultWorkspace, kind, name, Body(json), out _);

    static MapNode Body(string json) => (MapNode)JsonText.Read("body", json, new ReadLimits(), new Report(10))!;

    static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }

    static long Memory() => GC.GetTotalMemory(forceFullCollection: true);

    static string Megabytes(long bytes) => $"{bytes / 1e6:n0} MB";

    static void Print(string what, TimeSpan taken) => Console.WriteLine($"  {what}: {taken.TotalSeconds:n2} s");

    static int Number(string text) => int.Parse(text, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
}
