using System.Diagnostics;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Weir.Gateway;

/// <summary>Kestrel with the gateway as its only application: listeners, TLS, protocols and the limits of a client's side.</summary>
sealed class ProxyServer : IAsyncDisposable
{
    static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(10);

    readonly WebApplication _services;
    readonly IServer _server;
    readonly IDisposable _refusals;

    // A bare line feed is no line end: other readers take it for a part of the line (RFC 9112 §2.2 only allows to be lenient).
    static ProxyServer() => AppContext.SetSwitch("Microsoft.AspNetCore.Server.Kestrel.DisableHttp1LineFeedTerminators", true);

    public ProxyServer(
        NodeSettings settings, TlsCertificates certificates, ConnectionMetrics connections, Refusals refusals, ILoggerFactory loggers, TimeProvider time,
        EventLoops? loops, ListeningSockets listening)
    {
        // Only the services Kestrel needs; the host itself is never started.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<ILoggerFactory>(new KestrelLoggers(loggers, time));
        // Kestrel reports what it refused before the application saw it through this listener alone.
        var diagnostics = new DiagnosticListener("Weir.Kestrel");
        builder.Services.AddSingleton<DiagnosticSource>(diagnostics);
        _refusals = diagnostics.Subscribe(refusals, static (name, _, _) => name == Refusals.EventName);
        builder.WebHost.UseKestrelCore();
        if (loops is not null)
        {
            builder.Services.AddSingleton(loops);
            builder.Services.AddSingleton(listening);
            builder.Services.AddSingleton(time);
            // Kestrel asks the factory that was added last first.
            builder.Services.AddSingleton<IConnectionListenerFactory, LoopListenerFactory>();
        }
        else if (settings.Handover.Length > 0)
        {
            var runtime = new SocketTransportFactory(Options.Create(new SocketTransportOptions()), loggers);
            builder.Services.AddSingleton<IConnectionListenerFactory>(new RuntimeListenerFactory(listening, runtime));
        }
        builder.WebHost.ConfigureKestrel(kestrel => Configure(kestrel, settings, certificates, connections, time));
        _services = builder.Build();
        _server = _services.Services.GetRequiredService<IServer>();
    }

    /// <summary>Where it listens, with the ports the system chose where the settings said 0.</summary>
    public IReadOnlyCollection<string> Addresses { get; private set; } = [];

    public async Task StartAsync(GatewayApplication application, CancellationToken cancellation)
    {
        await _server.StartAsync(application, cancellation);
        Addresses = [.. _server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses];
    }

    /// <summary>Stops accepting, lets requests finish until <paramref name="cancellation"/> fires, then ends them.</summary>
    public Task StopAsync(CancellationToken cancellation) => _server.StopAsync(cancellation);

    public async ValueTask DisposeAsync()
    {
        _refusals.Dispose();
        (_server as IDisposable)?.Dispose();
        await _services.DisposeAsync();
    }

    static void Configure(KestrelServerOptions kestrel, NodeSettings settings, TlsCertificates certificates, ConnectionMetrics connections, TimeProvider time)
    {
        kestrel.AddServerHeader = false;
        kestrel.AllowResponseHeaderCompression = true;
        // Bytes above 127 in headers pass through as they are.
        kestrel.RequestHeaderEncodingSelector = static name => name.Length switch
        {
            14 when name == HeaderNames.ContentLength => LengthDigits.Instance,
            10 when name == HeaderNames.Connection => ConnectionList.Instance,
            _ => Encoding.Latin1,
        };
        kestrel.ResponseHeaderEncodingSelector = static _ => Encoding.Latin1;
        Limit(kestrel.Limits, settings);
        foreach (var address in settings.ProxyListen)
            kestrel.Listen(Endpoint(address), listen => Plain(listen, HttpProtocols.Http1));
        foreach (var address in settings.ProxyListenH2c)
            kestrel.Listen(Endpoint(address), listen => Plain(listen, HttpProtocols.Http2));
        foreach (var address in settings.ProxyListenTls)
            kestrel.Listen(Endpoint(address), Secure);

        void Plain(ListenOptions listen, HttpProtocols protocols)
        {
            listen.Protocols = protocols;
            LoopListenerFactory.EnterLoop(listen);
            listen.Use(next => async connection =>
            {
                connections.Opened();
                try
                {
                    await next(connection);
                }
                finally
                {
                    connections.Closed();
                }
            });
            if (settings.ProxyProtocol) ProxyProtocol.Use(listen);
        }

        void Secure(ListenOptions listen)
        {
            Plain(listen, HttpProtocols.Http1AndHttp2);
            // Bytes that came behind a PROXY header stand in the connection's reader, where only Kestrel's TLS looks for them.
            var loopTls = settings.ProxyProtocol ? null : LoopTls.Use(listen, certificates, HandshakeTimeout, time);
            listen.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = certificates.SelectAsync, HandshakeTimeout = HandshakeTimeout });
            if (loopTls is not null) LoopTls.UseEnd(listen, loopTls);
        }
    }

    static void Limit(KestrelServerLimits limits, NodeSettings settings)
    {
        limits.MaxConcurrentConnections = limits.MaxConcurrentUpgradedConnections = settings.ConnectionsMax == 0 ? null : settings.ConnectionsMax;
        limits.MaxRequestHeaderCount = settings.RequestHeadersMax;
        limits.MaxRequestHeadersTotalSize = settings.RequestHeadersBytesMax;
        limits.MaxRequestLineSize = settings.RequestLineBytesMax;
        limits.MaxRequestBufferSize = Math.Max(1_048_576, Math.Max(settings.RequestHeadersBytesMax, settings.RequestLineBytesMax));
        limits.MaxRequestBodySize = settings.ClientMaxBodySize == 0 ? null : settings.ClientMaxBodySize;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(settings.ClientHeaderTimeoutSeconds);
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(settings.KeepaliveTimeoutSeconds);
        var grace = TimeSpan.FromSeconds(settings.ClientRateGraceSeconds);
        var rate = settings.ClientBytesPerSecondMin == 0 ? null : new MinDataRate(settings.ClientBytesPerSecondMin, grace);
        limits.MinRequestBodyDataRate = rate;
        limits.MinResponseDataRate = rate;
        LimitHttp2(limits.Http2, settings);
    }

    static void LimitHttp2(Http2Limits limits, NodeSettings settings)
    {
        limits.MaxStreamsPerConnection = settings.Http2StreamsMax;
        limits.MaxFrameSize = settings.Http2FrameBytesMax;
        limits.HeaderTableSize = settings.Http2HeaderTableBytes;
        limits.MaxRequestHeaderFieldSize = settings.RequestHeadersBytesMax;
        limits.InitialStreamWindowSize = settings.Http2StreamWindowBytes;
        limits.InitialConnectionWindowSize = settings.Http2ConnectionWindowBytes;
        if (settings.Http2PingIntervalSeconds == 0) return;
        limits.KeepAlivePingDelay = TimeSpan.FromSeconds(settings.Http2PingIntervalSeconds);
        limits.KeepAlivePingTimeout = TimeSpan.FromSeconds(settings.Http2PingTimeoutSeconds);
    }

    static IPEndPoint Endpoint(string address) =>
        IPEndPoint.TryParse(address, out var endpoint) ? endpoint
        : throw new FormatException($"'{address}' is no address:port, such as 0.0.0.0:8000 or [::1]:8000");
}
