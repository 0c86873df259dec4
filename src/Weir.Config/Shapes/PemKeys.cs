using System.Formats.Asn1;
using System.Security.Cryptography;

namespace Weir.Config;

/// <summary>Reads keys in PEM form.</summary>
static class PemKeys
{
    const string PublicLabel = "PUBLIC KEY";
    const string PrivateLabel = "PRIVATE KEY";

    /// <summary>The private key, or null when the text is none that the runtime can use.</summary>
    public static AsymmetricAlgorithm? Private(string pem) => Import(pem, PrivateLabel);

    /// <summary>What can be told of a private key; null when the text is none.</summary>
    public static PemKey? DescribePrivate(string pem)
    {
        using var key = Import(pem, PrivateLabel);
        return key is not null ? PemKey.Of(key) : Der(pem, PrivateLabel) is { } der ? Read(der, EdwardsPrivate) : null;
    }

    /// <summary>What can be told of a public key; null when the text is none.</summary>
    public static PemKey? DescribePublic(string pem)
    {
        using var key = Import(pem, PublicLabel);
        return key is not null ? PemKey.Of(key) : Der(pem, PublicLabel) is { } der ? Read(der, EdwardsPublic) : null;
    }

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

    static byte[]? Der(string pem, string label) =>
        PemEncoding.TryFind(pem, out var fields) && pem.AsSpan()[fields.Label].SequenceEqual(label) ? Convert.FromBase64String(pem[fields.Base64Data]) : null;

    /// <summary>SubjectPublicKeyInfo of RFC 8410 §4: the algorithm without parameters, then the key as it is.</summary>
    static PemKey? EdwardsPublic(AsnReader whole)
    {
        var info = whole.ReadSequence();
        var curve = EdwardsCurve.WithOid(info.ReadSequence().ReadObjectIdentifier());
        var key = info.ReadBitString(out _);
        return key.Length == curve?.KeyBytes ? new PemKey(curve.Name, key) : null;
    }

    /// <summary>OneAsymmetricKey of RFC 8410 §7: version, algorithm, an octet string inside an octet string; what follows is optional.</summary>
    static PemKey? EdwardsPrivate(AsnReader whole)
    {
        var info = whole.ReadSequence();
        info.ReadInteger();
        var curve = EdwardsCurve.WithOid(info.ReadSequence().ReadObjectIdentifier());
        var key = new AsnReader(info.ReadOctetString(), AsnEncodingRules.DER).ReadOctetString();
        return key.Length == curve?.KeyBytes ? new PemKey(curve.Name, null) : null;
    }

    static PemKey? Read(byte[] der, Func<AsnReader, PemKey?> read)
    {
        try
        {
            return read(new AsnReader(der, AsnEncodingRules.DER));
        }
        catch (AsnContentException)
        {
            return null;
        }
    }
}

/// <summary>What can be told of a key.</summary>
/// <param name="Algorithm">RSA, ECDSA or the name of the curve.</param>
/// <param name="PublicPart">Its public part; null for private keys that the runtime has no class for.</param>
sealed record PemKey(string Algorithm, byte[]? PublicPart)
{
    public static PemKey Of(AsymmetricAlgorithm key) => new(key is RSA ? "RSA" : "ECDSA", key.ExportSubjectPublicKeyInfo());

    /// <summary>False when the two are certainly not halves of one pair.</summary>
    public bool MayBelongTo(PemKey other) =>
        Algorithm == other.Algorithm && (PublicPart is null || other.PublicPart is null || PublicPart.AsSpan().SequenceEqual(other.PublicPart));
}
