using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Weir.Config;
using Weir.Control;
using Weir.Gateway;
using Weir.Gateway.Plugins;
using Weir.Telemetry;

namespace Weir.Server;

/// <summary>The control plane of a process: its journal, the Admin API on it, and the way from a transaction to the traffic.</summary>
sealed partial class ControlHome : IAsyncDisposable
{
    /// <summary>How long an answer waits for its change to be live. It is recorded in any case, and goes live when it can.</summary>
    static readonly TimeSpan LiveWithin = TimeSpan.FromSeconds(2);

    readonly JournalHome _journal;
    readonly ControlPlane _plane;
    readonly StateDocument _document;
    readonly ILogger _log;
    readonly CancellationTokenSource _stopping = new();
    readonly TimeProvider _time;
    PlainServer? _server;
    AuditHome? _audit;
    OidcProvider? _oidc;
    ClusterHome? _cluster;
    Task _following = Task.CompletedTask;
    long _read;
    volatile TaskCompletionSource _live = new(TaskCreationOptions.RunContinuationsAsynchronously);
    long _applied;

    ControlHome(JournalHome journal, ControlPlane plane, ReadOptions options, TimeProvider time, ILogger log) =>
        (_journal, _plane, _document, _time, _log) = (journal, plane, new StateDocument(options), time, log);

    /// <summary>Where the Admin API listens, as URLs.</summary>
    public IReadOnlyCollection<string> Addresses => _server?.Addresses ?? [];

    /// <summary>Makes the first administrator; null when there are users already, or nobody has to prove who calls.</summary>
    public string? FirstAdminToken { get; private set; }

    /// <summary>Where it listens for gateways, as URLs.</summary>
    public IReadOnlyCollection<string> ClusterAddresses => _cluster?.Addresses ?? [];

    /// <summary>The state that gateways should serve, for logs: <c>revision 12</c>.</summary>
    public string Source => $"revision {_plane.Current.Revision}";

    /// <summary>Opens the journal and folds it.</summary>
    /// <param name="settings">Where it is.</param>
    /// <param name="options">How entities are read.</param>
    /// <param name="metrics">Takes the journal's numbers.</param>
    /// <param name="loggers">Logs.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="IOException">The journal cannot be opened or read.</exception>
    public static async Task<ControlHome> OpenAsync(
        NodeSettings settings, ReadOptions options, MetricRegistry metrics, ILoggerFactory loggers, TimeProvider time, CancellationToken cancellation)
    {
        var log = loggers.CreateLogger<ControlHome>();
        var journal = await JournalHome.OpenAsync(settings, metrics, loggers, time, cancellation);
        try
        {
            var parts = new ControlParts(options, time, Guid.NewGuid, log) { Snapshots = SnapshotsOf(settings) };
            var plane = await ControlPlane.OpenAsync(journal.Journal, parts, cancellation);
            return new ControlHome(journal, plane, options, time, log);
        }
        catch
        {
            await journal.DisposeAsync();
            throw;
        }
    }

    /// <summary>The state as a document.</summary>
    public DocumentResult Read()
    {
        var state = _plane.Current;
        Volatile.Write(ref _read, state.Revision);
        return _document.Read(state);
    }

    /// <summary>Reads everything anew, as the secrets behind references may have changed.</summary>
    public DocumentResult ReadFresh() => _document.Read(_plane.Current, isFresh: true);

    /// <summary>Serves the Admin API, and brings every transaction to the gateway.</summary>
    public async Task StartAsync(GatewayNode node, Deliveries deliveries, ILoggerFactory loggers, CancellationToken cancellation)
    {
        _applied = Volatile.Read(ref _read);
        _following = Task.Run(() => FollowAsync(node), CancellationToken.None);
        if (node.Settings.ClusterListen.Count > 0) _cluster = await ClusterHome.StartAsync(_plane, node.Settings, loggers, _time, cancellation);
        if (node.Settings.AdminListen.Count == 0) return;
        var about = new AdminNode(
            VersionCommand.Text, Dns.GetHostName(), Guid.NewGuid(), [.. node.Addresses], () => Numbers(node), () => Volatile.Read(ref _applied))
        {
            AllowedOrigin = node.Settings.AdminAllowedOrigin,
            EnforcesRights = Enforces(node.Settings),
            Oidc = _oidc = OidcOf(node.Settings),
            Gateways = _cluster?.Hub,
            Checkpoints = _journal.Checkpoints,
        };
        _plane.WhenLive = WhenLiveAsync;
        _audit = await AuditHome.OpenAsync(node.Settings, _plane, _journal.Checkpoints, deliveries, _log, _time);
        var api = new AdminApi(_plane, about) { Audit = _audit?.Requests };
        if (about.EnforcesRights) FirstAdminToken = api.SignIn.First.Begin();
        _server = new PlainServer(kestrel =>
        {
            // Bodies have limits of their own, by endpoint.
            kestrel.Limits.MaxRequestBodySize = null;
            foreach (var address in node.Settings.AdminListen)
                kestrel.Listen(IPEndPoint.Parse(address), static listen => listen.Protocols = HttpProtocols.Http1);
        }, api.HandleAsync, loggers, node.HandedOver);
        await _server.StartAsync(cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
        if (_audit is not null) await _audit.DisposeAsync();
        _oidc?.Dispose();
        if (_cluster is not null) await _cluster.DisposeAsync();
        await _stopping.CancelAsync();
        await _following;
        await _plane.DisposeAsync();
        await _journal.DisposeAsync();
        _stopping.Dispose();
    }

    async Task FollowAsync(GatewayNode node)
    {
        try
        {
            while (true)
            {
                await _plane.WaitAsync(_applied, _stopping.Token);
                // Transactions that came meanwhile go live together.
                var state = _plane.Current;
                var result = await node.Applier.ApplyAsync($"revision {state.Revision}", () => _document.Read(state), _stopping.Token);
                foreach (var problem in result.Ok ? [] : result.Problems.Where(static problem => problem.Severity == Severity.Error))
                    LogRefused(_log, state.Revision, problem);
                Volatile.Write(ref _applied, state.Revision);
                Interlocked.Exchange(ref _live, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The process ends.
        }
    }

    /// <summary>Returns when the gateway of this process serves a revision, or the wait for it is over.</summary>
    async Task WhenLiveAsync(long revision, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _stopping.Token);
        var over = Task.Delay(LiveWithin, _time, limit.Token);
        while (Volatile.Read(ref _applied) < revision)
        {
            var live = _live.Task;
            if (Volatile.Read(ref _applied) >= revision) break;
            if (await Task.WhenAny(live, over) == over) break;
        }
        await limit.CancelAsync();
    }

    /// <summary>Nobody is let in over a network without saying who they are, unless the settings say so in so many words.</summary>
    static bool Enforces(NodeSettings settings) => settings.EnforceRbac switch
    {
        RbacEnforcement.On => true,
        RbacEnforcement.Off => false,
        _ => !settings.AdminListen.All(static address => IPAddress.IsLoopback(IPEndPoint.Parse(address).Address)),
    };

    OidcProvider? OidcOf(NodeSettings settings)
    {
        if (settings.AdminOidcIssuer.Length == 0) return null;
        var oidc = new OidcSettings
        {
            Issuer = settings.AdminOidcIssuer,
            Audience = settings.AdminOidcAudience,
            ClientId = settings.AdminOidcClientId,
            NameClaim = settings.AdminOidcNameClaim,
            GroupsClaim = settings.AdminOidcGroupsClaim,
        };
        return new OidcProvider(oidc, new SocketsHttpHandler { AllowAutoRedirect = false }, _time, _log);
    }

    static SnapshotSettings SnapshotsOf(NodeSettings settings) =>
        new() { TransactionsMax = settings.JournalSnapshotTransactions, BytesMax = (long)settings.JournalSnapshotMegabytes << 20 };

    static JsonObject Numbers(GatewayNode node) => new() { ["requests_in_flight"] = node.Snapshots.Current.InFlight.Count };

    [LoggerMessage(1, LogLevel.Error, "Revision {Revision} is recorded but not live: {Problem}")]
    static partial void LogRefused(ILogger log, long revision, Problem problem);
}
