using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Weir.Gateway;

/// <summary>The client side of a TLS handshake with an upstream.</summary>
static class TlsHandshake
{
    public static async ValueTask<ConnectResult> SecureAsync(Socket socket, IPEndPoint address, UpstreamTls settings, CancellationToken stop)
    {
        string? refusal = null;
        var tls = new SslStream(new NetworkStream(socket, ownsSocket: true));
        try
        {
            await tls.AuthenticateAsClientAsync(Options(address, settings, reason => refusal = reason), stop);
            return new(new TlsTransport(socket, tls));
        }
        catch (Exception e) when (e is AuthenticationException or IOException or SocketException)
        {
            await tls.DisposeAsync();
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
