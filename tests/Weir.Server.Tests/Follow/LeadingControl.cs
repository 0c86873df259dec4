using Microsoft.Extensions.Logging.Abstractions;
using Weir.Config;
using Weir.Control;
using Weir.Control.Tests;
using Weir.Gateway;

namespace Weir.Server.Tests;

/// <summary>A control plane with its listener for gateways, an upstream, and folders for gateways.</summary>
sealed class LeadingControl : IAsyncDisposable
{
    readonly MemoryJournal _journal = new();
    readonly MockServer _upstream = new("127.0.0.1:0", TimeProvider.System);
    readonly DirectoryInfo _place = Directory.CreateTempSubdirectory("weir-follow-");
    ClusterHome? _cluster;
    int _port;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ControlPlane Plane { get; private set; } = null!;

    public GatewayHub Hub => _cluster!.Hub;

    public Uri Address => new($"https://127.0.0.1:{_port}/");

    public static async Task<LeadingControl> StartAsync()
    {
        var control = new LeadingControl();
        await control._upstream.StartAsync(Cancellation);
        await control.OpenAsync();
        await control.PutAsync(ControlKinds.Services, "web", $$"""{"name":"web","url":"{{control._upstream.Address}}"}""");
        await control.RouteAsync("web", "/web");
        return control;
    }

    /// <summary>Starts it, again where it was.</summary>
    public async Task OpenAsync()
    {
        var options = new ReadOptions { Plugins = Catalog.All.ToDictionary(static kind => kind.Name), Environment = static _ => null };
        Plane = await ControlPlane.OpenAsync(_journal, new ControlParts(options, TimeProvider.System, Guid.NewGuid, NullLogger.Instance), Cancellation);
        var settings = new NodeSettings { ClusterListen = [$"127.0.0.1:{_port}"] };
        _cluster = await ClusterHome.StartAsync(Plane, settings, NullLoggerFactory.Instance, TimeProvider.System, Cancellation);
        _port = new Uri(_cluster.Addresses.First()).Port;
    }

    public async Task CloseAsync()
    {
        await _cluster!.DisposeAsync();
        await Plane.DisposeAsync();
    }

    public string Folder(string name = "gateway") => Path.Combine(_place.FullName, name);

    public async Task<JoinToken> TokenAsync(int uses = 1) =>
        (await Hub.Enrolment.MakeTokenAsync(new Author("test"), null, TimeSpan.FromMinutes(10), uses, Cancellation)).Token;

    public async Task<FollowingGateway> GatewayAsync(string name = "gateway", Func<string, string?>? environment = null) =>
        await FollowingGateway.StartAsync(Address, await TokenAsync(), Folder(name), environment);

    public Task<long> RouteAsync(string name, string path, string service = "web") =>
        PutAsync(ControlKinds.Routes, name, $$$"""{"name":"{{{name}}}","paths":["{{{path}}}"],"service":{"name":"{{{service}}}"}}""");

    public Task<long> PutAsync(ControlKind kind, string name, string json) =>
        CommitAsync(draft => draft.Put(ControlState.DefaultWorkspace, kind, name, Body(json), out _));

    public async Task<long> CommitAsync(Func<Draft, Refusal?> work)
    {
        var commit = await Plane.CommitAsync(new Author("test"), draft => work(draft) is { } refused ? [refused] : [], CommitOptions.Default, Cancellation);
        Assert.True(commit.Ok, string.Join("; ", commit.Refusals.Select(static refusal => refusal.Message)));
        return commit.State.Revision;
    }

    public static MapNode Body(string json) => (MapNode)JsonText.Read("body", json, new ReadLimits(), new Report(10))!;

    /// <summary>Returns when what is seen of the one gateway is as it should be.</summary>
    public async Task<GatewaySeen> SeesAsync(Func<GatewaySeen, bool> isSo)
    {
        while (true)
        {
            var id = Plane.Current.Table(ControlState.Root, ControlKinds.Gateways).All.First().Id;
            if (Hub.Find(id) is { } seen && isSo(seen)) return seen;
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Cancellation);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        await _upstream.DisposeAsync();
        await _journal.DisposeAsync();
        _place.Delete(recursive: true);
    }
}
