using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;

namespace Weir.Config.Tests;

/// <summary>
/// Where the corpora had private keys they have placeholders. A fresh key takes that place, and the certificates and public keys of the same file are
/// replaced by ones that belong to it.
/// </summary>
static partial class Placeholders
{
    static readonly RSA Key = RSA.Create(2048);
    static int _serial;

    public static string Fill(string text)
    {
        if (!Placeholder().IsMatch(text))
            return text;
        var keyed = Placeholder().Replace(text, static match => Put(Key.ExportPkcs8PrivateKeyPem(), match));
        return PublicPem().Replace(keyed, Public);
    }

    static string Public(Match match) => Put(match.Groups["what"].Value == "CERTIFICATE" ? Certificate() : Key.ExportSubjectPublicKeyInfoPem(), match);

    static string Certificate()
    {
        var request = new CertificateRequest($"CN=corpus-{++_serial}", Key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        using var certificate = request.CreateSelfSigned(
            new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero),
            new DateTimeOffset(2036, 1, 1, 0, 0, 0, TimeSpan.Zero));
        return certificate.ExportCertificatePem();
    }

    static string Put(string pem, Match match)
    {
        var indent = match.Groups["indent"].Value;
        return indent + pem.Trim().Replace("\n", "\n" + indent, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"(?<indent>[ ]*)\{\{TEST_(RSA_)?PRIVATE_KEY\}\}")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"(?<indent>[ ]*)-----BEGIN (?<what>CERTIFICATE|PUBLIC KEY)-----[^-]*-----END \k<what>-----")]
    private static partial Regex PublicPem();
}
