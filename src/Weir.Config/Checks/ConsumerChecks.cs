namespace Weir.Config;

/// <summary>Rules of consumers and of what belongs to them.</summary>
static class ConsumerChecks
{
    static readonly EntityKind[] Credentials =
    [
        EntityKinds.KeyAuthCredentials, EntityKinds.BasicAuthCredentials, EntityKinds.HmacAuthCredentials, EntityKinds.JwtSecrets, EntityKinds.Acls,
    ];

    public static void Check(Collector collected, Report report)
    {
        var customIds = new Dictionary<string, Row>(StringComparer.Ordinal);
        foreach (var (row, consumer) in collected.Parsed<ConsumerConfig>(EntityKinds.Consumers))
        {
            if (consumer.Username is null && consumer.CustomId is null)
                report.Error(row, "", "at least one of these fields must be non-empty: 'custom_id', 'username'");
            if (consumer.CustomId is { } customId && !customIds.TryAdd(customId, row))
                report.Error(row, "custom_id", $"must be unique, but {customIds[customId].Label} at {customIds[customId].Node.Place} has '{customId}' too");
        }
        foreach (var kind in Credentials)
            foreach (var (row, credential) in collected.Parsed<CredentialConfig>(kind))
                if (credential.Consumer?.Id is null)
                    report.Error(row, "consumer", "required field missing");
        CheckAcls(collected, report);
        foreach (var (row, secret) in collected.Parsed<JwtCredentialConfig>(EntityKinds.JwtSecrets))
            CheckJwt(row, secret, report);
    }

    static void CheckAcls(Collector collected, Report report)
    {
        var seen = new HashSet<(string?, string)>();
        foreach (var (row, acl) in collected.Parsed<AclConfig>(EntityKinds.Acls))
            if (!seen.Add((acl.Consumer?.Id, acl.Group)))
                report.Error(row, "group", $"must be unique for a consumer, but it has '{acl.Group}' already");
    }

    static void CheckJwt(Row row, JwtCredentialConfig secret, Report report)
    {
        var rsa = secret.Algorithm is JwtAlgorithm.RS256 or JwtAlgorithm.RS384 or JwtAlgorithm.RS512
            or JwtAlgorithm.PS256 or JwtAlgorithm.PS384 or JwtAlgorithm.PS512;
        var edwards = secret.Algorithm == JwtAlgorithm.EdDSA;
        if (secret.RsaPublicKey is null && (rsa || edwards))
            report.Error(row, "rsa_public_key", $"required field missing: tokens signed with {secret.Algorithm} are verified with it");
        if (secret.RsaPublicKey is not { } pem || !(rsa || edwards) || VaultReference.Looks(pem))
            return;
        var key = PemKeys.DescribePublic(pem);
        if (key is null)
            report.Error(row, "rsa_public_key", "invalid key: expected a PEM public key (-----BEGIN PUBLIC KEY-----)");
        else if (edwards && EdwardsCurve.WithName(key.Algorithm) is not { Signs: true })
            report.Error(row, "rsa_public_key", $"invalid key: {secret.Algorithm} takes a key of Ed25519 or Ed448, and this is one of {key.Algorithm}");
        else if (rsa && key.Algorithm != "RSA")
            report.Error(row, "rsa_public_key", $"invalid key: {secret.Algorithm} takes an RSA key, and this is one of {key.Algorithm}");
    }
}
