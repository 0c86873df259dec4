using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Weir.Config;
using Weir.Control;
using Weir.Gateway;
using Weir.Telemetry;

namespace Weir.Server;

/// <summary>
/// A gateway that follows a control plane elsewhere: starts with what it served last, brings what comes to the traffic, and keeps what went live for the next
/// start.
/// </summary>
sealed partial class FollowHome : IAsyncDisposable
{
    /// <summary>What is served is written to the disk so long after it went live, and no more often: a newer one may be on its way.</summary>
    static readonly TimeSpan KeepEvery = TimeSpan.FromSeconds(1);

    /// <summary>Keeping takes no more than this share of the time, however much there is to keep.</summary>
    const double KeepShareMax = 0.02;

    readonly GatewayFolder _folder;
    readonly StateDocument _document;
    readonly Follower _follower;
    readonly FollowLimits _limits;
    readonly TimeProvider _time;
    readonly ILogger _log;
    readonly long _started;
    readonly Uri _address;
    readonly CancellationTokenSource _stopping = new();
    Task _running = Task.CompletedTask;
    GatewayNode? _node;
    Followed _tried = Followed.Nothing;
    volatile Followed _live = Followed.Nothing;
    volatile IReadOnlyList<string> _problems = [];
    Followed _kept = Followed.Nothing;
    volatile TaskCompletionSource _wentLive = new(TaskCreationOptions.RunContinuationsAsynchronously);

    FollowHome(NodeSettings settings, ReadOptions options, GatewayFolder folder, Followed kept, FollowLimits limits, ILoggerFactory loggers, TimeProvider time)
    {
        (_folder, _limits, _time, _document) = (folder, limits, time, new StateDocument(options));
        (_log, _started, _kept) = (loggers.CreateLogger<FollowHome>(), time.GetTimestamp(), kept);
        _follower = new Follower(new FollowerParts
        {
            Control = _address = AddressOf(settings.ClusterControlPlane),
            Folder = folder,
            Token = TokenOf(settings.ClusterJoinToken),
            Version = VersionCommand.Text,
            Hostname = Dns.GetHostName(),
            Vocabulary = Vocabulary.Of(options),
            Limits = limits,
            Time = time,
#pragma warning disable RS0030 // The composition is where the process's generator enters the house.
            Random = Random.Shared,
#pragma warning restore RS0030
            Log = loggers.CreateLogger<Follower>(),
            Status = StatusNow,
        }, kept);
    }

    /// <summary>What is followed, for logs.</summary>
    public string Source => $"revision {_follower.Have.Point.Revision}";

    /// <summary>How it stands with the control plane.</summary>
    public FollowLink Link => _follower.Link;

    /// <summary>The same for the status listener.</summary>
    public JsonObject Status()
    {
        var link = _follower.Link;
        return new JsonObject
        {
            ["address"] = _address.ToString(),
            ["connected"] = link.IsConnected,
            ["since"] = link.Since == default ? null : link.Since.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
            ["problem"] = link.Problem,
            ["version"] = link.Version,
            ["received_revision"] = _follower.Have.Point.Revision,
            ["live_revision"] = _live.Point.Revision,
        };
    }

    /// <summary>The point that is served.</summary>
    public FollowPoint Live => _live.Point;

    /// <summary>Opens the folder and reads what was served last.</summary>
    /// <exception cref="FormatException">A setting or the keyring is no good.</exception>
    public static FollowHome Open(
        NodeSettings settings, ReadOptions options, MetricRegistry metrics, ILoggerFactory loggers, TimeProvider time, FollowLimits? limits = null)
    {
        if (settings.Data.Length == 0) throw new FormatException("a gateway that follows needs a folder for its identity and its last configuration: --data");
        limits ??= FollowLimits.Default;
        var folder = GatewayFolder.Open(settings.Data, JournalHome.KeysOf(settings));
        var kept = Followed.Nothing;
        try
        {
            kept = LastGood.Read(folder, limits) ?? Followed.Nothing;
        }
        catch (Exception unusable) when (unusable is IOException or JournalUnusableException)
        {
            LogUnusable(loggers.CreateLogger<FollowHome>(), unusable.Message);
        }
        var home = new FollowHome(settings, options, folder, kept, limits, loggers, time);
        metrics.Observe(MetricType.Gauge, "weir_follow_connected", "1 while the control plane is connected.", () => home.Link.IsConnected ? 1 : 0);
        metrics.Observe(MetricType.Gauge, "weir_follow_received_revision", "The last revision that came.", () => home._follower.Have.Point.Revision);
        metrics.Observe(MetricType.Gauge, "weir_follow_live_revision", "The revision that is served.", () => home._live.Point.Revision);
        return home;
    }

    /// <summary>Numbers of the traffic, for the control plane to see.</summary>
    public Func<IReadOnlyDictionary<string, double>> Summary { get; set; } = static () => new Dictionary<string, double>();

    /// <summary>
    /// Starts to follow, and returns when there is a configuration to serve: the kept one, or else the first that comes from the control plane and can be used.
    /// A gateway that has none must not answer anybody: whoever asked would believe that there are no such routes.
    /// </summary>
    public async Task StartAsync(GatewayNode node, CancellationToken cancellation)
    {
        _node = node;
        if (_follower.Have.Point != FollowPoint.None) await ApplyAsync(_follower.Have, cancellation);
        _running = Task.Run(() => _follower.RunAsync(_stopping.Token), CancellationToken.None);
        while (_live.Point == FollowPoint.None)
        {
            await _follower.WaitAsync(_tried, cancellation);
            await ApplyAsync(_follower.Have, cancellation);
        }
        _running = Task.WhenAll(_running, Task.Run(GoLiveAsync, CancellationToken.None), Task.Run(KeepAsync, CancellationToken.None));
    }

    /// <summary>Returns when a revision, or a later one, is served.</summary>
    public async Task WaitLiveAsync(long revision, CancellationToken cancellation)
    {
        while (true)
        {
            var wentLive = _wentLive;
            if (_live.Point.Revision >= revision) return;
            await wentLive.Task.WaitAsync(cancellation);
        }
    }

    /// <summary>What is live as a document, with what vaults hold now.</summary>
    public DocumentResult Read() => _document.Read(_live.State);

    /// <summary>Reads everything anew, as the secrets behind references may have changed.</summary>
    public DocumentResult ReadFresh() => _document.Read(_live.State, isFresh: true);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        Keep();
        _stopping.Dispose();
        _folder.Dispose();
    }

    async Task GoLiveAsync()
    {
        try
        {
            while (true)
            {
                await _follower.WaitAsync(_tried, _stopping.Token);
                // Updates that came meanwhile go live together.
                await ApplyAsync(_follower.Have, _stopping.Token);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The process ends.
        }
    }

    async Task ApplyAsync(Followed next, CancellationToken cancellation)
    {
        var result = await _node!.Applier.ApplyAsync($"revision {next.Point.Revision}", () => _document.Read(next.State), cancellation);
        _tried = next;
        var errors = result.Ok ? [] : result.Problems.Where(static problem => problem.Severity == Severity.Error).ToList();
        foreach (var problem in errors) LogRefused(_log, next.Point.Revision, problem);
        _problems = [.. errors.Take(_limits.ProblemsMax).Select(static problem => problem.ToString())];
        if (result.Ok)
        {
            _live = next;
            Interlocked.Exchange(ref _wentLive, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
        }
        _follower.ReportSoon();
    }

    /// <summary>Keeps what is live, some time after it went live: a burst of changes is written once.</summary>
    async Task KeepAsync()
    {
        try
        {
            while (true)
            {
                var wentLive = _wentLive;
                var started = _time.GetTimestamp();
                Keep();
                var pause = _time.GetElapsedTime(started) / KeepShareMax;
                await Task.Delay(pause > KeepEvery ? pause : KeepEvery, _time, _stopping.Token);
                await wentLive.Task.WaitAsync(_stopping.Token);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The last is kept when all else has ended.
        }
    }

    void Keep()
    {
        var live = _live;
        if (live == _kept || live.Point == FollowPoint.None) return;
        try
        {
            LastGood.Write(_folder, live, _limits);
            _kept = live;
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            LogNotKept(_log, live.Point.Revision, failed.Message);
        }
    }

    FollowStatus StatusNow() => new()
    {
        Version = VersionCommand.Text,
        Hostname = Dns.GetHostName(),
        UptimeSeconds = Math.Round(_time.GetElapsedTime(_started).TotalSeconds),
        ReceivedRevision = _follower.Have.Point.Revision,
        LiveRevision = _live.Point.Revision,
        Problems = _problems,
        Health = _node is { IsDraining: true } ? "draining" : _live.Point == FollowPoint.None ? "starting" : "ready",
        Metrics = Summary(),
    };

    static Uri AddressOf(string text)
    {
        if (!text.Contains("://", StringComparison.Ordinal)) text = "https://" + text;
        return Uri.TryCreate(text.TrimEnd('/') + "/", UriKind.Absolute, out var address) && address.Scheme == "https" && address.AbsolutePath == "/" ? address
            : throw new FormatException($"cluster_control_plane: expected https://host:port, found '{text}'");
    }

    static JoinToken? TokenOf(string text) => text.Length == 0 ? null
        : JoinToken.Read(text) ?? throw new FormatException($"cluster_join_token: expected what `weir gateway join-token` prints ({JoinToken.Prefix}…)");

    [LoggerMessage(1, LogLevel.Error, "Revision {Revision} came but is not live: {Problem}")]
    static partial void LogRefused(ILogger log, long revision, Problem problem);

    [LoggerMessage(2, LogLevel.Error, "Revision {Revision} is live but could not be kept for the next start: {Problem}")]
    static partial void LogNotKept(ILogger log, long revision, string problem);

    [LoggerMessage(3, LogLevel.Error, "The last configuration cannot be used; this gateway serves nothing before its control plane answers: {Problem}")]
    static partial void LogUnusable(ILogger log, string problem);
}
