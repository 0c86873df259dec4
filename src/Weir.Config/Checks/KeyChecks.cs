using System.Text.Json;

namespace Weir.Config;

/// <summary>Rules of keys: one form, consistent with itself, unique in its set.</summary>
static class KeyChecks
{
    public static void Check(Collector collected, Report report)
    {
        var kids = new Dictionary<(string? Set, string Kid), Row>();
        foreach (var (row, key) in collected.Parsed<KeyConfig>(EntityKinds.Keys))
        {
            if (key.Jwk is null == key.Pem is null)
                report.Error(row, "", "exactly one of these fields must be non-empty: 'jwk', 'pem'");
            if (!kids.TryAdd((key.Set?.Id, key.Kid), row))
                report.Error(row, "kid", $"must be unique in its set, but {kids[(key.Set?.Id, key.Kid)].Label} has '{key.Kid}' too");
            if (key.Jwk is { } jwk && !VaultReference.Looks(jwk))
                CheckJwk(row, jwk, key.Kid, report);
            if (key.Pem is { } pem)
                CheckPem(row, pem, report);
        }
    }

    static void CheckJwk(Row row, string jwk, string kid, Report report)
    {
        try
        {
            using var parsed = JsonDocument.Parse(jwk);
            if (parsed.RootElement.ValueKind != JsonValueKind.Object || !parsed.RootElement.TryGetProperty("kty", out _))
                report.Error(row, "jwk", "could not load JWK: an object with 'kty' is expected");
            else if (!parsed.RootElement.TryGetProperty("kid", out var own) || own.ValueKind != JsonValueKind.String || own.GetString() != kid)
                report.Error(row, "jwk", $"the 'kid' in the JWK must equal the field 'kid', '{kid}'");
        }
        catch (JsonException)
        {
            report.Error(row, "jwk", "could not load JWK: not valid JSON");
        }
    }

    static void CheckPem(Row row, PemPair pem, Report report)
    {
        if (pem.PublicKey is null && pem.PrivateKey is null)
            report.Error(row, "pem", "at least one of these fields must be non-empty: 'private_key', 'public_key'");
        using var secret = Load(row, pem.PrivateKey, "private_key", PemKeys.Private, report);
        using var open = Load(row, pem.PublicKey, "public_key", PemKeys.Public, report);
        if (secret is not null && open is not null && !secret.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(open.ExportSubjectPublicKeyInfo()))
            report.Error(row, "pem", "public key does not match private key");
    }

    static System.Security.Cryptography.AsymmetricAlgorithm? Load(
        Row row, string? pem, string field, Func<string, System.Security.Cryptography.AsymmetricAlgorithm?> load, Report report)
    {
        if (pem is null || VaultReference.Looks(pem))
            return null;
        var key = load(pem);
        if (key is null)
            report.Error(row, "pem." + field, $"could not load {field.Replace('_', ' ')}: a PEM key is expected");
        return key;
    }
}
