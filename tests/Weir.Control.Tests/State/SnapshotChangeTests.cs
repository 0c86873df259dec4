using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Config;
using Weir.Gateway;
using Weir.Identity;

namespace Weir.Control.Tests.State;

public sealed class SnapshotChangeTests
{
    const int Transactions = 50;

    static readonly string[] Names = ["a", "b", "c", "d", "e"];

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void Serves_after_every_change_what_building_everything_serves()
    {
        var (compared, routed) = (0, 0);
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var (world, random) = (new RandomState(seed), new Random(seed));
            var options = Options(world);
            var parts = new ControlParts(options, TimeProvider.System, StateDocumentTests.Ids(random), NullLogger.Instance);
            var plane = ControlPlane.OpenAsync(new MemoryJournal(), parts, Cancel).GetAwaiter().GetResult();
            plane.InsertInto(ControlState.Root, ControlKinds.Workspaces, """{"name":"team-x"}""");
            var document = new StateDocument(options);
            using var gateway = new Builder(options);
            for (var i = 0; i < Transactions; i++)
            {
                _ = plane.CommitAsync(new Author("test"), draft =>
                {
                    world.Change(draft, [.. draft.State.Workspaces.Select(static workspace => workspace.Id)]);
                    return [];
                }, CommitOptions.Default, Cancel).GetAwaiter().GetResult();
                if (random.Next(4) == 0 || document.Read(plane.Current).Document is not { } incremental) continue;
                var whole = new StateDocument(options).Read(plane.Current).Document!;
                using var fresh = new Builder(options);
                var expected = fresh.Serve(whole);
                Assert.Equal(expected, gateway.Serve(incremental));
                compared++;
                routed += expected.Count(static line => line.Contains(" route ", StringComparison.Ordinal));
            }
            plane.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }).Check(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(60));
        Assert.True(compared > 500 && routed > compared, $"{compared} snapshots compared, {routed} requests routed");
    }

    [Fact]
    public async Task Makes_what_a_change_touches_and_nothing_else()
    {
        await using var plane = await Planes.OpenAsync();
        for (var i = 0; i < 20; i++)
        {
            await plane.InsertAsync(ControlKinds.Services, $$$"""{"name":"s{{{i}}}","host":"s{{{i}}}.test"}""");
            await plane.InsertAsync(ControlKinds.Plugins, $$$"""{"name":"brake","service":{"name":"s{{{i}}}"},"config":{"ms":1}}""");
            await plane.InsertAsync(ControlKinds.Consumers, $$$"""{"username":"c{{{i}}}"}""");
            for (var j = 0; j < 5; j++)
                await plane.InsertAsync(ControlKinds.Routes, $$$"""{"name":"r{{{i}}}-{{{j}}}","paths":["/{{{i}}}/{{{j}}}"],"service":{"name":"s{{{i}}}"}}""");
        }
        var options = Options(new RandomState(1));
        var document = new StateDocument(options);
        using var gateway = new Builder(options);
        // 20 services, 20 plugins, 100 routes.
        Assert.Equal(140, await MadeAsync(null));
        Assert.Equal(1, await MadeAsync(draft => Patch(draft, ControlKinds.Routes, "r3-1", """{"paths":["/new"]}""")));
        Assert.Equal(1, await MadeAsync(draft => Insert(draft, ControlKinds.Routes, """{"name":"more","paths":["/more"],"service":{"name":"s3"}}""")));
        // The service and its routes, which hold it.
        Assert.Equal(7, await MadeAsync(draft => Patch(draft, ControlKinds.Services, "s3", """{"retries":2}""")));
        Assert.Equal(0, await MadeAsync(draft => Insert(draft, ControlKinds.Plugins, """{"name":"cork","consumer":{"username":"c1"},"enabled":false}""")));
        // The witness asks for consumers, so that all of its instances see the new one; plans follow their instances.
        Assert.Equal(121, await MadeAsync(draft => Insert(draft, ControlKinds.Consumers, """{"username":"new"}""")));

        async Task<int> MadeAsync(Func<Draft, Refusal?>? change)
        {
            if (change is not null) Assert.True((await plane.ChangeAsync(change)).Ok);
            gateway.Serve(document.Read(plane.Current).Document!);
            return gateway.Made;
        }

        static Refusal? Patch(Draft draft, ControlKind kind, string name, string json) =>
            draft.Patch(ControlState.DefaultWorkspace, kind, name, Planes.Body(json), out _);

        static Refusal? Insert(Draft draft, ControlKind kind, string json) => draft.Insert(ControlState.DefaultWorkspace, kind, Planes.Body(json), out _);
    }

    [Fact]
    public async Task Lets_go_of_what_is_not_served_any_more()
    {
        await using var plane = await Planes.OpenAsync();
        await plane.InsertAsync(ControlKinds.Services, """{"name":"s","host":"s.test"}""");
        await plane.InsertAsync(ControlKinds.Plugins, """{"name":"brake","config":{"ms":1}}""");
        var options = Options(new RandomState(1));
        var document = new StateDocument(options);
        var gateway = new Builder(options);
        for (var i = 0; i < 30; i++)
        {
            await plane.ChangeAsync(draft => draft.Patch(
                ControlState.DefaultWorkspace, ControlKinds.Services, "s", Planes.Body($$$"""{"host":"s{{{i}}}.test"}"""), out _));
            gateway.Serve(document.Read(plane.Current).Document!);
            Assert.Equal(0, gateway.PartsWaiting);
            // The host's state and the plugin's.
            Assert.Equal(2, gateway.KeptCount);
        }
        gateway.Dispose();
        Assert.Equal(0, gateway.KeptCount);
    }

    [Fact]
    public async Task Keeps_what_a_request_under_way_may_use_and_no_more()
    {
        await using var plane = await Planes.OpenAsync();
        await plane.InsertAsync(ControlKinds.Services, """{"name":"s","host":"s.test"}""");
        var options = Options(new RandomState(1));
        var document = new StateDocument(options);
        using var gateway = new Builder(options);
        gateway.Serve(document.Read(plane.Current).Document!);
        var held = gateway.Current;
        Assert.True(held.InFlight.TryEnter(0));
        for (var i = 0; i < 5; i++)
        {
            await plane.ChangeAsync(draft => draft.Patch(
                ControlState.DefaultWorkspace, ControlKinds.Services, "s", Planes.Body($$$"""{"host":"s{{{i}}}.test"}"""), out _));
            gateway.Serve(document.Read(plane.Current).Document!);
        }
        // The first host and what the house kept then; those in between went when the next came.
        Assert.Equal(2, gateway.PartsWaiting);
        held.InFlight.Leave(0);
        Assert.Equal(0, gateway.PartsWaiting);
    }

    static ReadOptions Options(RandomState world) => Planes.Read with
    {
        AllowUnknownPlugins = true,
        Environment = world.Environment.GetValueOrDefault,
        Plugins = new Dictionary<string, PluginKind> { ["brake"] = PluginKind.Of<Witness, Brake.Config>(), ["cork"] = PluginKind.Of<Cork, Brake.Config>() },
    };

    /// <summary>A plugin that remembers everything that it was made of.</summary>
    sealed class Witness(string seen) : IPlugin, IPluginKind<Brake.Config>
    {
        public static string Name => "brake";

        public static string Summary => "For tests.";

        public static System.Text.Json.Serialization.Metadata.JsonTypeInfo<Brake.Config> ConfigType => BrakeJson.Default.Config;

        public static IPlugin Create(Brake.Config config, PluginContext context)
        {
            context.Keep.Get("witness", static () => new object());
            return new Witness($"{context.PluginId} {JsonSerializer.Serialize(config, BrakeJson.Default.Config)} "
                + string.Join(',', Names.Select(name => CallerText(context.Consumers.Find(name)))));
        }

        public override string ToString() => seen;
    }

    static string CallerText(Consumer? consumer) => consumer is null ? "-"
        : $"{consumer.Id} {consumer.CustomId} {string.Join('+', consumer.Tags)} {string.Join('+', consumer.Groups)} {string.Join('+', consumer.Acls)}";

    /// <summary>A gateway without sockets.</summary>
    sealed class Builder : IDisposable
    {
        readonly Keep _keep = new();
        readonly SnapshotBuilder _builder;
        readonly Dictionary<string, IdentityIndex> _identities = [];

        public Builder(ReadOptions options)
        {
            _builder = new SnapshotBuilder(new SnapshotParts
            {
                Catalog = [.. options.Plugins.Values],
                Settings = new NodeSettings(),
                Keep = _keep,
                Balancing = new BalancingContext
                {
                    Resolver = new NoNames(),
                    Time = TimeProvider.System,
                    Probe = new NoProbe(),
                    Random = new Random(1),
                    Log = NullLogger.Instance,
                },
                Time = TimeProvider.System,
                Random = new Random(1),
                Loggers = NullLoggerFactory.Instance,
                Services = new Dictionary<Type, object>(),
                Prepare = (document, house, _) =>
                {
                    var identities = house.Add(document, IdentityIndex.MadeOf, () => house.Before is { } before
                        ? before.House.Get<IdentityIndex>().Next(before.Document, document) : IdentityIndex.Build(document, TimeProvider.System));
                    house.Add<IConsumers>(identities);
                    _identities[document.Workspace] = identities;
                },
            });
            Current = Snapshot.Empty();
        }

        public Snapshot Current { get; private set; }

        public int Made => Current.Made;

        public int PartsWaiting => _builder.PartsWaiting;

        public int KeptCount => _keep.Count;

        /// <summary>Builds and swaps in; tells what requests would meet.</summary>
        public List<string> Serve(Document document)
        {
            _identities.Clear();
            var built = _builder.Build(document);
            Assert.Empty(built.Problems);
            var before = Current;
            Current = built.Snapshot!;
            foreach (var balancer in Current.NewBalancers) balancer.Activate();
            before.InFlight.Retire();
            return
            [
                .. Requests(), .. Callers(), $"labels {string.Join(' ', Current.RouteLabels.Order(StringComparer.Ordinal))}", $"count {Current.Routes.Count}",
                $"upstreams {string.Join(' ', Current.Balancers.Select(Text).Order(StringComparer.Ordinal))}", "none " + Text(Current.GlobalPlan),
            ];
        }

        public void Dispose() => Current.InFlight.Retire();

        IEnumerable<string> Requests()
        {
            var headers = new HeaderDictionary();
            for (var i = 0; i < 40; i++)
            {
                var query = new RouteQuery { Method = "GET", Scheme = "http", Host = "x.test", NormalizedPath = $"/t{i}", Headers = headers };
                var line = Current.Routes.TryMatch(in query, out var match) ? Text(match.Payload) : "nothing";
                yield return $"/t{i} {line}";
            }
        }

        IEnumerable<string> Callers()
        {
            foreach (var (workspace, identities) in _identities.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
            {
                foreach (var name in Names) yield return $"{name}: {CallerText(identities.Find(name))} / {CallerText(identities.FindByCustomId(name))}";
                foreach (var key in Enumerable.Range(0, 40).Select(static i => $"t{i}").Concat(["first", "second"]))
                    if (identities.TryFindKey(key, out var grant)) yield return $"{workspace} {key}: {CallerText(grant.Consumer)} {grant.Credential}";
                foreach (var key in identities.VirtualKeys.All.OrderBy(static key => key.Config.Id, StringComparer.Ordinal))
                    yield return $"{workspace} {key.Config.Id} {CallerText(key.Consumer)}";
            }
        }

        static string Text(Route route) =>
            $"{JsonSerializer.Serialize(route.Config, EntityJson.Default.RouteConfig)} route "
            + (route.Service is { } service
                ? $"{JsonSerializer.Serialize(service.Config, EntityJson.Default.ServiceConfig)} {Text(service.Balancer!)}" : "no service")
            + $" unknown {route.UnknownPlugins} " + Text(route.Plan);

        static string Text(RoutePlan plan)
        {
            var chosen = new PreparedPlugin?[plan.Plugins.Length];
            plan.Narrow(null, null, -1, chosen);
            return string.Join('|', plan.Plugins.Concat(chosen).Select(static plugin => $"{plugin?.Name} {plugin?.Protocols} {plugin?.Plugin}"));
        }

        static string Text(Balancer balancer) =>
            $"{JsonSerializer.Serialize(balancer.Upstream, EntityJson.Default.UpstreamConfig)} "
            + string.Join(',', balancer.ReadHealth().Select(static target => $"{target.Target}={target.Weight}"));
    }

    sealed class NoNames : IResolver
    {
        public ValueTask<Resolution> ResolveAsync(string name, CancellationToken cancel) => new(Resolution.Failed("no names here", DateTimeOffset.MaxValue));
    }

    sealed class NoProbe : IProbe
    {
        public ValueTask<Weir.Gateway.Outcome> ProbeAsync(ProbeRequest request, CancellationToken cancel) => new(Weir.Gateway.Outcome.Connected);
    }
}
