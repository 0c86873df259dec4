using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Weir.Gateway;

/// <summary>The client side of a TLS handshake with an upstream.</summary>
static class TlsHandshake
{
    /// <param name="stream">The plain stream, which closes with the TLS stream.</param>
    /// <param name="plain">The same as a transport.</param>
    /// <param name="address">Where the stream leads.</param>
    /// <param name="settings">How to secure it.</param>
    /// <param name="stop">Ends the attempt.</param>
    public static async ValueTask<ConnectResult> SecureAsync(
        Stream stream, IUpstreamTransport plain, IPEndPoint address, UpstreamTls settings, CancellationToken stop)
    {
        string? refusal = null;
        var tls = new SslStream(stream);
        try
        {
            // Streams over a transport cannot stop a single operation; closing the transport ends them all.
            await using var stopped = stop.UnsafeRegister(static state => ((IUpstreamTransport)state!).Abort(), plain);
            await tls.AuthenticateAsClientAsync(Options(address, settings, reason => refusal = reason), stop);
            return new(new TlsTransport(plain, tls));
        }
        catch (Exception e) when (e is AuthenticationException or IOException or SocketException or ObjectDisposedException)
        {
            await tls.DisposeAsync();
            stop.ThrowIfCancellationRequested();
            return new(null, Fault.TlsFailed, refusal ?? e.InnerException?.Message ?? e.Message);
        }
        catch
        {
            await tls.DisposeAsync();
            throw;
        }
    }

    static SslClientAuthenticationOptions Options(IPEndPoint address, UpstreamTls settings, Action<string> refused) => new()
    {
        // A literal address is looked for in the certificate and not sent as SNI (RFC 6066 §3).
        TargetHost = settings.ServerName ?? address.Address.ToString(),
        ApplicationProtocols = [settings.Protocol],
        AllowRenegotiation = false,
        ClientCertificateContext = settings.ClientCertificate?.Context,
        CertificateChainPolicy = ChainPolicy(settings),
        RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
        {
            if (!settings.Verify) return true;
            var reason = UpstreamCertificate.Refusal(settings, certificate as X509Certificate2, chain, errors);
            if (reason is not null) refused(reason);
            return reason is null;
        },
    };

    static X509ChainPolicy ChainPolicy(UpstreamTls settings)
    {
        var policy = new X509ChainPolicy
        {
            RevocationMode = X509RevocationMode.NoCheck,
            // A handshake must not wait for a certificate that somebody's certificate points at.
            DisableCertificateDownloads = true,
        };
        if (settings.Authorities is not { } authorities) return policy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.AddRange(authorities.Certificates);
        return policy;
    }
}
