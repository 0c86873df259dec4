using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Weir.Config;

/// <summary>Whether certificates, their keys and their names belong together.</summary>
static class CertificateChecks
{
    public static void Check(Collector collected, TimeProvider time, Report report)
    {
        foreach (var (row, certificate) in collected.Parsed<CertificateConfig>(EntityKinds.Certificates))
        {
            var main = CheckPair(row, certificate.Cert, certificate.Key, "key", report);
            if (certificate.CertAlt is null != certificate.KeyAlt is null)
                report.Error(row, "", "all or none of these fields must be set: 'cert_alt', 'key_alt'");
            else if (certificate.CertAlt is not null && CheckPair(row, certificate.CertAlt, certificate.KeyAlt!, "key_alt", report) == main && main is not null)
                report.Error(row, "cert_alt", $"must have another type of key than cert, which has {main}");
        }
        foreach (var (row, sni) in collected.Parsed<SniConfig>(EntityKinds.Snis))
            if (sni.Certificate?.Id is null)
                report.Error(row, "certificate", "required field missing");
        var digests = new Dictionary<string, Row>(StringComparer.OrdinalIgnoreCase);
        foreach (var (row, authority) in collected.Parsed<CaCertificateConfig>(EntityKinds.CaCertificates))
        {
            try
            {
                CheckAuthority(row, authority, digests, time, report);
            }
            // Extensions are decoded only when they are looked at.
            catch (CryptographicException malformed)
            {
                report.Error(row, "cert", "invalid certificate: " + malformed.Message);
            }
        }
    }

    // The type of the key; null when the pair cannot be looked at.
    static string? CheckPair(Row row, string pem, string keyPem, string field, Report report)
    {
        if (VaultReference.Looks(pem) || VaultReference.Looks(keyPem))
            return null;
        using var certificate = X509Certificate2.CreateFromPem(pem);
        using var key = PemKeys.Private(keyPem);
        if (key is null || !PublicKey(key).AsSpan().SequenceEqual(certificate.PublicKey.ExportSubjectPublicKeyInfo()))
            report.Error(row, field, "certificate does not match key");
        return key is RSA ? "RSA" : "ECDSA";
    }

    static byte[] PublicKey(AsymmetricAlgorithm key) => key.ExportSubjectPublicKeyInfo();

    static void CheckAuthority(Row row, CaCertificateConfig authority, Dictionary<string, Row> digests, TimeProvider time, Report report)
    {
        if (VaultReference.Looks(authority.Cert))
            return;
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(authority.Cert);
        if (chain.Count != 1)
        {
            report.Error(row, "cert", $"please submit only one certificate at a time, found {chain.Count}");
            return;
        }
        using var certificate = chain[0];
        if (certificate.Extensions.OfType<X509BasicConstraintsExtension>().FirstOrDefault() is not { CertificateAuthority: true })
            report.Error(row, "cert", "certificate does not appear to be a CA because it is missing the \"CA\" basic constraint");
        // Kong refuses it. Here the rest of the configuration must stay loadable on the day that one authority runs out.
        if (certificate.NotAfter.ToUniversalTime() < time.GetUtcNow().UtcDateTime)
            report.Warning(row, "cert", $"certificate expired, \"Not After\" time is in the past: {certificate.NotAfter.ToUniversalTime():yyyy-MM-dd}");
        var digest = Convert.ToHexStringLower(certificate.GetCertHash(HashAlgorithmName.SHA256));
        if (authority.CertDigest is { } given && !given.Equals(digest, StringComparison.OrdinalIgnoreCase))
            report.Warning(row, "cert_digest", "is not the SHA-256 digest of the certificate; the computed one is used");
        if (!digests.TryAdd(digest, row))
            report.Error(row, "cert", $"must be unique, but the same certificate stands at {digests[digest].Node.Place}");
        row.Entity = authority with { CertDigest = digest };
    }
}
