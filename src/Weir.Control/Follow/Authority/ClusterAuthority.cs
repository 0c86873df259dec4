using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Weir.Control;

/// <summary>
/// The authority of a control plane and its gateways: ECDSA P-256. It signs nothing but the certificates of this cluster, and neither side trusts another.
/// </summary>
sealed class ClusterAuthority : IDisposable
{
    /// <summary>The name that the certificate of every control-plane node has, at whatever address it is reached.</summary>
    public const string ControlName = "control-plane.weir.internal";

    public const string GatewayNamePrefix = "weir-gateway ";

    const string ServerAuth = "1.3.6.1.5.5.7.3.1";
    const string ClientAuth = "1.3.6.1.5.5.7.3.2";
    const int SerialBytes = 16;

    /// <summary>The authority lives longer than whatever it signs.</summary>
    const int Years = 20;

    static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(10);

    readonly X509Certificate2 _certificate;

    ClusterAuthority(X509Certificate2 certificate) => _certificate = certificate;

    public X509Certificate2 Certificate => _certificate;

    public string CertificatePem => _certificate.ExportCertificatePem();

    /// <summary>SHA-256 of the certificate: whoever knows it cannot be shown another authority.</summary>
    public byte[] Pin => PinOf(_certificate);

    public static byte[] PinOf(X509Certificate2 certificate) => SHA256.HashData(certificate.RawData);

    /// <summary>Makes a new authority.</summary>
    public static (string CertificatePem, string KeyPem) Make(TimeProvider time)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Weir cluster authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        var now = time.GetUtcNow();
        using var made = request.CreateSelfSigned(now - ClockSkew, now.AddYears(Years));
        return (made.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    /// <exception cref="CryptographicException">It is none.</exception>
    public static ClusterAuthority Load(string certificatePem, string keyPem) => new(X509Certificate2.CreateFromPem(certificatePem, keyPem));

    /// <summary>A certificate for a listener of the control plane, with its key.</summary>
    public X509Certificate2 IssueControl(TimeProvider time, TimeSpan life)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=" + ControlName, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(ControlName);
        request.CertificateExtensions.Add(names.Build());
        using var bare = Issue(request, ServerAuth, time, life);
        return bare.CopyWithPrivateKey(key);
    }

    /// <summary>A certificate for a gateway, from its request: only the key is taken from it, and that it has the key is proven.</summary>
    /// <exception cref="CryptographicException">The request is broken, or its key is not of the kind that the cluster uses.</exception>
    public X509Certificate2 IssueGateway(byte[] signingRequest, Guid gateway, TimeProvider time, TimeSpan life)
    {
        // Checks the signature with which the request proves its key.
        var asked = CertificateRequest.LoadSigningRequest(signingRequest, HashAlgorithmName.SHA256);
        using var key = asked.PublicKey.GetECDsaPublicKey() ?? throw new CryptographicException("the key is none for ECDSA");
        if (key.KeySize != 256) throw new CryptographicException($"the key has {key.KeySize} bits; expected P-256");
        var request = new CertificateRequest($"CN={GatewayNamePrefix}{gateway}", key, HashAlgorithmName.SHA256);
        return Issue(request, ClientAuth, time, life);
    }

    /// <summary>The gateway that a certificate names; null when this authority did not sign it for a gateway, or it is over.</summary>
    public Guid? GatewayOf(X509Certificate2 certificate, TimeProvider time) =>
        IsForGateway(certificate, _certificate, time) && certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false) is { } name
        && name.StartsWith(GatewayNamePrefix, StringComparison.Ordinal) && Guid.TryParseExact(name[GatewayNamePrefix.Length..], "D", out var id) ? id : null;

    /// <summary>Whether an authority signed a certificate for a gateway, and it counts now.</summary>
    public static bool IsForGateway(X509Certificate2 certificate, X509Certificate2 authority, TimeProvider time)
    {
        using var chain = new X509Chain { ChainPolicy = Policy(authority, ClientAuth) };
        chain.ChainPolicy.VerificationTime = time.GetUtcNow().UtcDateTime;
        return chain.Build(certificate);
    }

    /// <summary>How a gateway judges the certificate of a control plane.</summary>
    public static X509ChainPolicy PolicyForControl(X509Certificate2 authority) => Policy(authority, ServerAuth);

    static X509ChainPolicy Policy(X509Certificate2 authority, string use)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.Add(authority);
        policy.ApplicationPolicy.Add(new Oid(use));
        return policy;
    }

    X509Certificate2 Issue(CertificateRequest request, string use, TimeProvider time, TimeSpan life)
    {
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(use)], critical: true));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_certificate, includeKeyIdentifier: true, false));
        var serial = RandomNumberGenerator.GetBytes(SerialBytes);
        // Positive, and of full length (RFC 5280, 4.1.2.2).
        serial[0] = (byte)((serial[0] & 0x7f) | 0x40);
        var now = time.GetUtcNow();
        return request.Create(_certificate, now - ClockSkew, now + life, serial);
    }

    public void Dispose() => _certificate.Dispose();
}
