using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;

namespace Weir.Control;

/// <summary>
/// Public keys of a provider (RFC 7517), by their ids. Only keys for signatures, and only algorithms with a public key: a token that names another, or none,
/// is signed by nobody (RFC 8725 §3.1).
/// </summary>
sealed class SigningKeys
{
    const int KeysMax = 100;
    const int RsaBitsMin = 2048;

    readonly Dictionary<string, Key> _keys = new(StringComparer.Ordinal);

    sealed record Key(RSAParameters? Rsa, ECParameters? Ec, string Algorithm);

    public static SigningKeys None { get; } = new();

    public bool Has(string id) => _keys.ContainsKey(id);

    /// <exception cref="JsonException">It is no set of keys.</exception>
    public static SigningKeys Read(ReadOnlySpan<byte> json)
    {
        var found = new SigningKeys();
        try
        {
            using var document = JsonDocument.Parse(json.ToArray());
            foreach (var key in document.RootElement.GetProperty("keys").EnumerateArray().Take(KeysMax))
            {
                if (Text(key, "use") is not (null or "sig") || Text(key, "kid") is not { } id) continue;
                // Other kinds of keys may stand beside them.
                if (Read(key) is { } read) found._keys[id] = read;
            }
            return found;
        }
        catch (Exception broken) when (broken is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new JsonException("no set of keys: " + broken.Message);
        }
    }

    /// <summary>Whether a signature is that of a key.</summary>
    public bool Verify(string id, string algorithm, ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature)
    {
        if (!_keys.TryGetValue(id, out var key) || (key.Algorithm.Length > 0 && key.Algorithm != algorithm)) return false;
        if (HashOf(algorithm) is not { } hash) return false;
        try
        {
            return algorithm[0] switch
            {
                'R' => key.Rsa is { } rsa && Verify(rsa, signed, signature, hash, RSASignaturePadding.Pkcs1),
                'P' => key.Rsa is { } rsa && Verify(rsa, signed, signature, hash, RSASignaturePadding.Pss),
                _ => key.Ec is { } ec && CurveFits(ec, algorithm) && Verify(ec, signed, signature, hash),
            };
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    static bool Verify(RSAParameters key, ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature, HashAlgorithmName hash, RSASignaturePadding padding)
    {
        using var rsa = RSA.Create(key);
        return rsa.VerifyData(signed, signature, hash, padding);
    }

    static bool Verify(ECParameters key, ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature, HashAlgorithmName hash)
    {
        using var ec = ECDsa.Create(key);
        return ec.VerifyData(signed, signature, hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    /// <summary>RFC 7518 §3.4: each algorithm has its curve.</summary>
    static bool CurveFits(ECParameters key, string algorithm) => key.Q.X!.Length == algorithm switch { "ES256" => 32, "ES384" => 48, _ => 66 };

    static HashAlgorithmName? HashOf(string algorithm) => algorithm switch
    {
        "RS256" or "PS256" or "ES256" => HashAlgorithmName.SHA256,
        "RS384" or "PS384" or "ES384" => HashAlgorithmName.SHA384,
        "RS512" or "PS512" or "ES512" => HashAlgorithmName.SHA512,
        _ => null,
    };

    static Key? Read(JsonElement key)
    {
        var algorithm = Text(key, "alg") ?? "";
        if (Text(key, "kty") == "RSA")
        {
            var rsa = new RSAParameters { Modulus = Bytes(key, "n"), Exponent = Bytes(key, "e") };
            return rsa.Modulus!.Length * 8 >= RsaBitsMin ? new Key(rsa, null, algorithm) : null;
        }
        if (Text(key, "kty") != "EC" || CurveOf(Text(key, "crv")) is not { } curve) return null;
        return new Key(null, new ECParameters { Curve = curve, Q = new ECPoint { X = Bytes(key, "x"), Y = Bytes(key, "y") } }, algorithm);
    }

    static ECCurve? CurveOf(string? name) => name switch
    {
        "P-256" => ECCurve.NamedCurves.nistP256,
        "P-384" => ECCurve.NamedCurves.nistP384,
        "P-521" => ECCurve.NamedCurves.nistP521,
        _ => null,
    };

    static byte[] Bytes(JsonElement key, string field) => Base64Url.DecodeFromChars(key.GetProperty(field).GetString());

    static string? Text(JsonElement key, string field) =>
        key.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
