using System.Net;
using System.Security.Cryptography.X509Certificates;
using Weir.Config;

namespace Weir.Gateway;

/// <summary>One health probe, ready to send.</summary>
sealed record ProbeRequest
{
    public required IPEndPoint Address { get; init; }

    public required ActiveChecks Checks { get; init; }

    /// <summary>Host header: the upstream's host_header, else the target's host.</summary>
    public required string Host { get; init; }

    /// <summary>Server name of the TLS handshake and of its verification.</summary>
    public required string ServerName { get; init; }

    /// <summary>Certificate shown to the target, or null.</summary>
    public X509Certificate2? ClientCertificate { get; init; }

    /// <summary>The probe of this peer under this configuration.</summary>
    public static ProbeRequest For(Peer peer, UpstreamConfig upstream, X509Certificate2? clientCertificate)
    {
        var host = upstream.HostHeader ?? (peer.HostName.Contains(':', StringComparison.Ordinal) ? $"[{peer.HostName}]" : peer.HostName);
        return new ProbeRequest
        {
            Address = peer.Address,
            Checks = upstream.Healthchecks.Active,
            Host = host,
            ServerName = upstream.Healthchecks.Active.HttpsSni ?? (upstream.HostHeader is null ? peer.HostName : WithoutPort(host)),
            ClientCertificate = clientCertificate,
        };
    }

    static string WithoutPort(string host)
    {
        var colon = host.LastIndexOf(':');
        return (colon > host.LastIndexOf(']') ? host[..colon] : host).Trim('[', ']');
    }
}
