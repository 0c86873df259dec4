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
            if (key.Jwk is { } jwk && !VaultReference.Looks(jwk) && JwkChecks.Problem(jwk, key.Kid) is { } problem)
                report.Error(row, "jwk", problem);
            if (key.Pem is { } pem)
                CheckPem(row, pem, report);
        }
    }

    static void CheckPem(Row row, PemPair pem, Report report)
    {
        if (pem.PublicKey is null && pem.PrivateKey is null)
            report.Error(row, "pem", "at least one of these fields must be non-empty: 'private_key', 'public_key'");
        var secret = Load(row, pem.PrivateKey, "private_key", PemKeys.DescribePrivate, report);
        var open = Load(row, pem.PublicKey, "public_key", PemKeys.DescribePublic, report);
        if (secret is not null && open is not null && !secret.MayBelongTo(open))
            report.Error(row, "pem", "public key does not match private key");
    }

    static PemKey? Load(Row row, string? pem, string field, Func<string, PemKey?> load, Report report)
    {
        if (pem is null || VaultReference.Looks(pem))
            return null;
        var key = load(pem);
        if (key is null)
            report.Error(row, "pem." + field, $"could not load {field.Replace('_', ' ')}: a PEM key is expected (RSA, elliptic curve, {EdwardsCurve.Names})");
        return key;
    }
}
