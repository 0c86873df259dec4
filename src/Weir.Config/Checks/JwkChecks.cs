using System.Buffers.Text;
using System.Text.Json;

namespace Weir.Config;

/// <summary>Whether a text is a JSON Web Key: the members that its kind of key must have, in their form (RFC 7518 §6, RFC 8037 §2).</summary>
static class JwkChecks
{
    /// <summary>Curves of RFC 7518 §6.2.1.1 and RFC 8812 §3.1, with the length of a coordinate.</summary>
    static readonly (string Name, int Bytes)[] EllipticCurves = [("P-256", 32), ("P-384", 48), ("P-521", 66), ("secp256k1", 32)];

    /// <summary>What is wrong with the key, of which <paramref name="kid"/> is the expected name; null when nothing is.</summary>
    public static string? Problem(string jwk, string kid)
    {
        try
        {
            using var parsed = JsonDocument.Parse(jwk);
            var key = parsed.RootElement;
            if (key.ValueKind != JsonValueKind.Object || !key.TryGetProperty("kty", out _))
                return "could not load JWK: an object with 'kty' is expected";
            if (Text(key, "kid") != kid)
                return $"the 'kid' in the JWK must equal the field 'kid', '{kid}'";
            return Members(key) is { } problem ? "could not load JWK: " + problem : null;
        }
        catch (JsonException)
        {
            return "could not load JWK: not valid JSON";
        }
    }

    static string? Members(JsonElement key) => Text(key, "kty") switch
    {
        "RSA" => Bytes(key, "n") ?? Bytes(key, "e"),
        "EC" => Elliptic(key),
        "OKP" => Edwards(key),
        "oct" => Bytes(key, "k"),
        _ => "'kty' must be one of: RSA, EC, OKP, oct",
    };

    static string? Elliptic(JsonElement key)
    {
        var (name, length) = Array.Find(EllipticCurves, curve => curve.Name == Text(key, "crv"));
        return name is null
            ? $"'crv' of an EC key must be one of: {string.Join(", ", EllipticCurves.Select(static curve => curve.Name))}"
            : Bytes(key, "x", length) ?? Bytes(key, "y", length) ?? Optional(key, "d", length);
    }

    static string? Edwards(JsonElement key) => EdwardsCurve.WithName(Text(key, "crv")) is { } curve
        ? Bytes(key, "x", curve.KeyBytes) ?? Optional(key, "d", curve.KeyBytes)
        : $"'crv' of an OKP key must be one of: {EdwardsCurve.Names}";

    static string? Optional(JsonElement key, string member, int length) => key.TryGetProperty(member, out _) ? Bytes(key, member, length) : null;

    /// <param name="key">The key.</param>
    /// <param name="member">Which of its members.</param>
    /// <param name="length">Bytes that it must have; null for any but none.</param>
    static string? Bytes(JsonElement key, string member, int? length = null)
    {
        if (Text(key, member) is not { } text || !Base64Url.IsValid(text, out var decoded) || decoded == 0)
            return $"'{member}' must be text in base64url";
        return length is null || decoded == length ? null : $"'{member}' must stand for {length} bytes and stands for {decoded}";
    }

    static string? Text(JsonElement key, string member) =>
        key.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
