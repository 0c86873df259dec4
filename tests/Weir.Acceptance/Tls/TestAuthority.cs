using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Weir.Acceptance;

/// <summary>A certificate authority made for one test.</summary>
sealed class TestAuthority
{
    static readonly DateTimeOffset From = TimeProvider.System.GetUtcNow().AddDays(-1);

    readonly X509Certificate2 _certificate;

    public TestAuthority(string name)
    {
        var request = new CertificateRequest("CN=" + name, ECDsa.Create(ECCurve.NamedCurves.nistP256), HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        _certificate = request.CreateSelfSigned(From, From.AddYears(2));
    }

    public string Pem => _certificate.ExportCertificatePem();

    /// <summary>A certificate for these DNS names and addresses, usable by servers and clients.</summary>
    public TestCertificate Issue(params string[] names)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=" + names[0].Replace("*", "any", StringComparison.Ordinal), key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (IPAddress.TryParse(name, out var address)) alternatives.AddIpAddress(address);
            else alternatives.AddDnsName(name);
        }
        request.CertificateExtensions.Add(alternatives.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], critical: false));
        var serial = Guid.NewGuid().ToByteArray();
        serial[0] &= 0x7F;
        using var signed = request.Create(_certificate, From, From.AddYears(1), serial);
        return new TestCertificate(signed.CopyWithPrivateKey(key), signed.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }
}

/// <summary>A certificate with its key, loaded and as text.</summary>
sealed record TestCertificate(X509Certificate2 Loaded, string CertPem, string KeyPem)
{
    public string Thumbprint => Loaded.Thumbprint;

    /// <summary>PEM as a quoted YAML scalar.</summary>
    public static string Yaml(string pem) => '"' + pem.ReplaceLineEndings("\\n") + '"';

    public string CertYaml => Yaml(CertPem);

    public string KeyYaml => Yaml(KeyPem);
}
