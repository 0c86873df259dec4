using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Weir.Gateway;

/// <summary>
/// Chooses the certificate of a handshake by SNI: exact name, then <c>*.rest</c>, then <c>rest.*</c>, then the entry named <c>*</c>, then the node's
/// own. Which names exist is part of the snapshot and changes with it, without touching a listener.
/// </summary>
/// <param name="fallback">
/// Makes the node's own certificate. Called at the first handshake that needs it: making one takes longer than the rest of the start.
/// </param>
sealed class TlsCertificates(Func<SslStreamCertificateContext> fallback)
{
    readonly Lazy<SslServerAuthenticationOptions> _fallback = new(() => Options(fallback()));
    volatile SniTable _table = SniTable.Empty;

    public void Use(SniTable table) => _table = table;

    public ValueTask<SslServerAuthenticationOptions> SelectAsync(TlsHandshakeCallbackContext context) => new(Select(context.ClientHelloInfo.ServerName));

    public SslServerAuthenticationOptions Select(string serverName) => _table.Find(serverName.TrimEnd('.')) ?? _fallback.Value;

    /// <summary>Options that show this certificate and offer HTTP/2 and HTTP/1.1.</summary>
    public static SslServerAuthenticationOptions Options(SslStreamCertificateContext certificate) => new()
    {
        ServerCertificateContext = certificate,
        ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        AllowRenegotiation = false,
    };

    /// <summary>A certificate for localhost that this process makes for itself, for a start without any configuration.</summary>
    public static SslStreamCertificateContext SelfMade(TimeProvider time)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost, O=Weir self-made certificate", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        names.AddIpAddress(System.Net.IPAddress.IPv6Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
        var now = time.GetUtcNow();
        var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddYears(1));
        return SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true);
    }
}
