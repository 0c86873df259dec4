using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Config;
using Weir.Control;
using Weir.Gateway;
using Weir.Gateway.Plugins;
using Weir.Identity;
using Weir.Telemetry;

namespace Weir.Bench.Micro;

/// <summary>A control plane on a journal in files and a gateway beside it, as <c>weir run --data</c> puts them together, without sockets.</summary>
sealed class ControlRig : IAsyncDisposable
{
    static readonly PluginKind[] s_catalog = [PluginKind.Of<KeyAuth, KeyAuth.Config>(), PluginKind.Of<RateLimiting, RateLimiting.Config>()];

    readonly FileJournal _journal;
    readonly StateDocument _document;
    readonly Keep _keep = new();
    readonly ConfigApplier _applier;
    readonly SnapshotHolder _snapshots = new(Snapshot.Empty());

    ControlRig(FileJournal journal, ControlPlane plane, ReadOptions options)
    {
        (_journal, Plane) = (journal, plane);
        _document = new StateDocument(options);
        var settings = new NodeSettings();
        var builder = new SnapshotBuilder(new SnapshotParts
        {
            Catalog = s_catalog,
            Settings = settings,
            Keep = _keep,
            Balancing = new BalancingContext
            {
                Resolver = new CachingResolver(new ResolverSettings(), TimeProvider.System),
                Time = TimeProvider.System,
                Probe = new SocketProbe(),
                Random = new Random(1),
                Log = NullLogger.Instance,
            },
            Time = TimeProvider.System,
            Random = new Random(1),
            Loggers = NullLoggerFactory.Instance,
            Services = new Dictionary<Type, object>(),
            Prepare = static (document, house, _) => house.Add<IConsumers>(house.Add(document, IdentityIndex.MadeOf, () => house.Before is { } before
                ? before.House.Get<IdentityIndex>().Next(before.Document, document) : IdentityIndex.Build(document, TimeProvider.System))),
        });
        var certificates = new TlsCertificates(static () => TlsCertificates.SelfMade(TimeProvider.System));
        _applier = new ConfigApplier(builder, _snapshots, certificates, TimeProvider.System, NullLogger<ConfigApplier>.Instance);
    }

    public ControlPlane Plane { get; }

    /// <summary>What the last change made of the gateway, not taking it over.</summary>
    public int Made => _snapshots.Current.Made;

    /// <summary>What the last change read, with its neighbours.</summary>
    public int Read => _document.ReadCount;

    public static async Task<ControlRig> OpenAsync(string folder)
    {
        var options = new ReadOptions { Plugins = s_catalog.ToDictionary(static kind => kind.Name) };
        var journal = FileJournal.Open(new FileJournalSettings { Folder = folder }, new MetricRegistry(), TimeProvider.System, NullLogger.Instance);
        var plane = await ControlPlane.OpenAsync(
            journal, new ControlParts(options, TimeProvider.System, Guid.NewGuid, NullLogger.Instance), CancellationToken.None);
        return new ControlRig(journal, plane, options);
    }

    /// <summary>One transaction in the default workspace.</summary>
    public async Task CommitAsync(Func<Draft, Refusal?> work)
    {
        var commit = await Plane.CommitAsync(
            new Author("bench"), draft => work(draft) is { } refused ? [refused] : [], CommitOptions.Default, CancellationToken.None);
        if (!commit.Ok || commit.Transaction is null) throw new InvalidOperationException(string.Join('\n', commit.Refusals));
    }

    /// <summary>Brings the state to the gateway.</summary>
    public async Task<TimeSpan> ApplyAsync()
    {
        var started = Stopwatch.GetTimestamp();
        var result = await _applier.ApplyAsync("bench", () => _document.Read(Plane.Current), CancellationToken.None);
        if (!result.Ok) throw new InvalidOperationException(string.Join('\n', result.Problems.Take(5)));
        return Stopwatch.GetElapsedTime(started);
    }

    public async ValueTask DisposeAsync()
    {
        _snapshots.Swap(Snapshot.Empty()).InFlight.Retire();
        _applier.Dispose();
        _keep.Dispose();
        await Plane.DisposeAsync();
        await _journal.DisposeAsync();
    }
}
