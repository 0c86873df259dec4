using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Weir.Config.Tests;

/// <summary>Certificates made for a test.</summary>
static class Certificates
{
    public static readonly (string Cert, string Key) Rsa = Make(RSA.Create(2048), authority: false);
    public static readonly (string Cert, string Key) Other = Make(RSA.Create(2048), authority: false);
    public static readonly (string Cert, string Key) Ecdsa = Make(ECDsa.Create(ECCurve.NamedCurves.nistP256), authority: false);
    public static readonly (string Cert, string Key) Authority = Make(ECDsa.Create(ECCurve.NamedCurves.nistP256), authority: true);
    public static readonly (string Cert, string Key) Expired = Make(ECDsa.Create(ECCurve.NamedCurves.nistP256), authority: true, until: 2021);

    /// <summary>A YAML block scalar, indented.</summary>
    public static string Block(string pem, int indent) => "|\n" + string.Join('\n', pem.Trim().Split('\n').Select(line => new string(' ', indent) + line));

    static (string Cert, string Key) Make(AsymmetricAlgorithm key, bool authority, int until = 2050)
    {
        var request = key is RSA rsa
            ? new CertificateRequest("CN=test", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest("CN=test", (ECDsa)key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(authority, hasPathLengthConstraint: false, 0, critical: true));
        using var certificate = request.CreateSelfSigned(
            new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero),
            new DateTimeOffset(until, 1, 1, 0, 0, 0, TimeSpan.Zero));
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }
}
