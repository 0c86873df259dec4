using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;
using Weir.Control;
using Weir.Gateway;

namespace Weir.Server;

/// <summary>The listener for gateways that follow, of a process that has a control plane.</summary>
sealed class ClusterHome : IAsyncDisposable
{
    /// <summary>The listener's own certificate is made anew long before it ends; nobody keeps it.</summary>
    static readonly TimeSpan ListenerLife = TimeSpan.FromDays(30);

    /// <summary>Gateways hold a stream each and report over another connection.</summary>
    const int ConnectionsMax = 10_000;

    static readonly TimeSpan HandshakeWithin = TimeSpan.FromSeconds(10);

    readonly ClusterAuthority _authority;
    readonly TimeProvider _time;
    readonly TlsServer _server;
    readonly Lock _lock = new();
    X509Certificate2? _own;

    ClusterHome(GatewayHub hub, ClusterAuthority authority, NodeSettings settings, ILoggerFactory loggers, TimeProvider time)
    {
        (Hub, _authority, _time) = (hub, authority, time);
        var server = new FollowServer(hub, VersionCommand.Text);
        _server = new TlsServer(kestrel =>
        {
            kestrel.Limits.MaxConcurrentConnections = ConnectionsMax;
            kestrel.Limits.MaxRequestBodySize = hub.Limits.RequestBytesMax;
            foreach (var address in settings.ClusterListen) kestrel.Listen(IPEndPoint.Parse(address), Listen);
        }, server.HandleAsync, loggers);
    }

    public GatewayHub Hub { get; }

    public IReadOnlyCollection<string> Addresses => _server.Addresses;

    public static async Task<ClusterHome> StartAsync(
        ControlPlane plane, NodeSettings settings, ILoggerFactory loggers, TimeProvider time, CancellationToken cancellation, FollowLimits? limits = null)
    {
        var authority = await Enrolment.AuthorityAsync(plane, cancellation);
        var hub = new GatewayHub(plane, new Enrolment(plane, authority, TimeSpan.FromDays(settings.ClusterCertDays)), limits ?? FollowLimits.Default);
        await hub.StartAsync(cancellation);
        var home = new ClusterHome(hub, authority, settings, loggers, time);
        await home._server.StartAsync(cancellation);
        return home;
    }

    public async ValueTask DisposeAsync()
    {
        await Hub.DisposeAsync();
        await _server.DisposeAsync();
        _authority.Dispose();
        _own?.Dispose();
    }

    void Listen(ListenOptions listen)
    {
        listen.Protocols = HttpProtocols.Http1;
        listen.UseHttps(new HttpsConnectionAdapterOptions
        {
            ServerCertificateSelector = (_, _) => Own(),
            // A gateway that enrols has none yet. Which ones count is judged with each request, and while streams run: a handshake knows nothing of revocation.
            ClientCertificateMode = ClientCertificateMode.AllowCertificate,
            ClientCertificateValidation = (certificate, _, _) => _authority.GatewayOf(certificate, _time) is not null,
            HandshakeTimeout = HandshakeWithin,
        });
    }

    X509Certificate2 Own()
    {
        lock (_lock)
        {
            if (_own is null || GatewayIdentity.IsDue(_own, _time.GetUtcNow())) _own = _authority.IssueControl(_time, ListenerLife);
            return _own;
        }
    }
}
