using System.Security.Cryptography;
using System.Text;

namespace Weir.Ai;

/// <summary>
/// The signature of a price file: ECDSA on P-256 over SHA-256, in DER, in base64, in a file of the same name with <c>.sig</c> at its end. That is what
/// <c>openssl dgst -sha256 -sign key.pem prices.json | base64 > prices.json.sig</c> writes. (Ed25519 would be smaller; .NET 10 does not have it everywhere.)
/// </summary>
static class PriceSignature
{
    /// <summary>Ending of the file with the signature.</summary>
    public const string FileSuffix = ".sig";

    const string P256 = "1.2.840.10045.3.1.7";

    /// <summary>Reads a public key in PEM; null for anything that is not a public key on P-256.</summary>
    public static ECDsa? ReadKey(string pem)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            if (key.ExportParameters(includePrivateParameters: false).Curve.Oid.Value == P256) return key;
        }
        catch (Exception exception) when (exception is ArgumentException or CryptographicException)
        {
            // No key, or one of another kind: the same answer as for another curve.
        }
        key.Dispose();
        return null;
    }

    /// <summary>Whether the signature is of these bytes by that key. Broken base64 or DER is no signature.</summary>
    public static bool IsValid(ReadOnlySpan<byte> file, string signature, ECDsa key)
    {
        var compact = string.Concat(signature.Where(static c => !char.IsWhiteSpace(c)));
        var bytes = new byte[compact.Length];
        return Convert.TryFromBase64String(compact, bytes, out var length)
            && key.VerifyData(file, bytes.AsSpan(0, length), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
    }

    /// <summary>Signs a file: what stands in the file with the signature.</summary>
    public static string Sign(ReadOnlySpan<byte> file, ECDsa key) =>
        Convert.ToBase64String(key.SignData(file, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)) + "\n";

    /// <summary>Text of the bytes of a file; null when they are not UTF-8.</summary>
    public static string? Text(ReadOnlySpan<byte> file)
    {
        try
        {
            return new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(file);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
