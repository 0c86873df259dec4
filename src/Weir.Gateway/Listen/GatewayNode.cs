using System.Net;
using System.Net.Security;
using Microsoft.Extensions.Logging;
using Weir.Config;

namespace Weir.Gateway;

/// <summary>A running gateway: its parts put together, its proxy listeners, its configuration.</summary>
sealed class GatewayNode : IAsyncDisposable
{
    readonly ProxyServer _server;
    readonly GatewayApplication _application;
    readonly Transports _transports;
    readonly UpstreamCalls _calls;
    readonly Keep _keep = new();
    readonly UpstreamClock _clock;
    readonly EventLoops? _loops;
    readonly ConnectionMetrics _connections;

    public GatewayNode(GatewayNodeParts parts)
    {
        Settings = parts.Settings;
        Snapshots = new SnapshotHolder(Snapshot.Empty());
        _clock = new UpstreamClock(parts.Time);
        _loops = EventLoops.Start(parts.Settings, parts.Time, parts.Loggers);
        _transports = new Transports(_loops is null ? new SocketConnector() : new LoopConnector(_loops), LimitsOf(parts.Settings), Http1Limits.Default, _clock);
        var certificates = new TlsCertificates(NodeCertificate(parts.Settings, parts.Time));
        var balancing = new BalancingContext
        {
            Resolver = parts.Resolver,
            Time = parts.Time,
            Probe = new SocketProbe(),
            Random = parts.Random,
            Log = parts.Loggers.CreateLogger("upstream"),
        };
        _calls = new UpstreamCalls(_transports, balancing, new UpstreamTls { Authorities = TrustedAuthorities.Of(parts.Settings) });
        var builder = new SnapshotBuilder(new SnapshotParts
        {
            Catalog = parts.Catalog,
            Settings = parts.Settings,
            Keep = _keep,
            Balancing = balancing,
            Time = parts.Time,
            Random = parts.Random,
            Loggers = parts.Loggers,
            Services = new Dictionary<Type, object>(parts.Services) { [typeof(IUpstreams)] = _calls },
            Prepare = parts.Prepare,
        });
        Applier = new ConfigApplier(builder, Snapshots, certificates, parts.Time, parts.Loggers.CreateLogger<ConfigApplier>())
        {
            Secrets = parts.Secrets,
        };
        var forwarder = new PluginForwarder(new Forwarder(_transports, new Http2Forwarder(), parts.Loggers.CreateLogger<Forwarder>()));
        var trusted = new TrustedPeers([.. parts.Settings.TrustedIps.Select(Network)], parts.Settings.RealIpHeader, parts.Settings.RealIpRecursive);
        var describer = new RequestDescriber(trusted, parts.Time, new RequestIds(parts.Random));
        var headers = new ResponseHeaders(ResponseHeaderNames.Parse(parts.Settings.Headers), parts.Settings.AllowDebugHeader);
        var pipeline = new GatewayPipeline(forwarder, describer, headers, parts.Recorder, parts.Loggers.CreateLogger("pipeline"));
        _application = new GatewayApplication(pipeline, Snapshots);
        var refusals = new Refusals(describer, headers, pipeline, Snapshots, parts.Connections);
        _server = new ProxyServer(parts.Settings, certificates, parts.Connections, refusals, parts.Loggers, parts.Time, _loops, parts.Listening);
        _connections = parts.Connections;
        HandedOver = parts.Settings.Handover.Length == 0 ? null : parts.Listening;
    }

    public NodeSettings Settings { get; }

    /// <summary>The event loops, or null when the runtime's sockets move the bytes.</summary>
    public EventLoops? Loops => _loops;

    public SnapshotHolder Snapshots { get; }

    /// <summary>Changes the configuration.</summary>
    public ConfigApplier Applier { get; }

    /// <summary>Addresses of the proxy listeners, as URLs.</summary>
    public IReadOnlyCollection<string> Addresses => _server.Addresses;

    /// <summary>The process's listening sockets, where the settings say that they go over to the next process; else null.</summary>
    public ListeningSockets? HandedOver { get; }

    /// <summary>Objects whose life is longer than one configuration's: counters, peers, queues.</summary>
    public int KeptCount => _keep.Count;

    /// <summary>True from the moment the process was asked to stop.</summary>
    public bool IsDraining { get; set; }

    public Task StartAsync(CancellationToken cancellation) => _server.StartAsync(_application, cancellation);

    /// <summary>Stops accepting, and gives requests under way the time the settings allow.</summary>
    public async Task StopAsync()
    {
        IsDraining = true;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(Settings.DrainSeconds), _clock.Time);
        await _server.StopAsync(limit.Token);
    }

    /// <summary>
    /// Ends the connections of a node whose listeners another process has: each after the answer to its next request, so that no client finds closed what
    /// it was about to use. What is still open after the time the settings allow is ended.
    /// </summary>
    public async Task LeaveAsync()
    {
        IsDraining = true;
        _application.EndsConnections = true;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(Settings.DrainSeconds), _clock.Time);
        await _connections.WhenNoneAsync(limit.Token);
        await _server.StopAsync(limit.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Snapshots.Swap(Snapshot.Empty()).InFlight.Retire();
        Applier.Dispose();
        _keep.Dispose();
        _calls.Dispose();
        _transports.Dispose();
        if (_loops is not null) await _loops.DisposeAsync();
    }

    static PoolLimits LimitsOf(NodeSettings settings) => new()
    {
        IdleMax = settings.UpstreamKeepalivePoolSize,
        RequestsPerConnectionMax = settings.UpstreamKeepaliveMaxRequests,
        IdleTimeoutSeconds = settings.UpstreamKeepaliveIdleTimeout,
    };

    static Func<SslStreamCertificateContext> NodeCertificate(NodeSettings settings, TimeProvider time)
    {
        if (settings.SslCert.Length == 0) return () => TlsCertificates.SelfMade(time);
        // A configured certificate is read at once: if it is no good, the node does not start.
        var configured = CertificateBuilder.Context(File.ReadAllText(settings.SslCert), File.ReadAllText(settings.SslCertKey));
        return () => configured;
    }

    static IPNetwork Network(string text) =>
        IPNetwork.TryParse(text, out var network) ? network
        : IPAddress.TryParse(text, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
        : throw new FormatException($"trusted_ips: '{text}' is no address and no CIDR range");
}

/// <summary>What a node is put together from.</summary>
sealed class GatewayNodeParts
{
    public required NodeSettings Settings { get; init; }
    public required IReadOnlyList<PluginKind> Catalog { get; init; }
    public required IResolver Resolver { get; init; }
    public required IExchangeRecorder Recorder { get; init; }
    public required ConnectionMetrics Connections { get; init; }
    public required ListeningSockets Listening { get; init; }
    public required TimeProvider Time { get; init; }
    public required Random Random { get; init; }
    public required ILoggerFactory Loggers { get; init; }
    public required IReadOnlyDictionary<Type, object> Services { get; init; }
    public required Action<Document, HouseServices, IKeep> Prepare { get; init; }
    public ISecretStore? Secrets { get; init; }
}
