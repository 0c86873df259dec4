using System.Security.Cryptography;

namespace Weir.Config;

/// <summary>Reads keys in PEM form.</summary>
static class PemKeys
{
    /// <summary>The private key, or null when the text is none.</summary>
    public static AsymmetricAlgorithm? Private(string pem) => Import(pem, "PRIVATE KEY");

    /// <summary>The public key, or null when the text is none.</summary>
    public static AsymmetricAlgorithm? Public(string pem) => Import(pem, "PUBLIC KEY");

    static AsymmetricAlgorithm? Import(string pem, string kind)
    {
        if (!PemEncoding.TryFind(pem, out var fields) || !pem.AsSpan()[fields.Label].EndsWith(kind, StringComparison.Ordinal))
            return null;
        // A PEM label does not always name the algorithm: try each.
        Func<AsymmetricAlgorithm>[] candidates = [RSA.Create, ECDsa.Create];
        foreach (var create in candidates)
        {
            var key = create();
            try
            {
                key.ImportFromPem(pem);
                return key;
            }
            catch (Exception refused) when (refused is CryptographicException or ArgumentException or PlatformNotSupportedException)
            {
                key.Dispose();
            }
        }
        return null;
    }
}
