namespace Weir.Ai.Plugins;

/// <summary>Rules of a target's credentials, across fields.</summary>
static class KeyPoolRules
{
    /// <summary>Tells problems of a target whose fields stand below <paramref name="prefix"/>: empty, or with a dot at its end.</summary>
    public static void Check(TargetConfig target, string prefix, Problems problems)
    {
        var auth = target.Auth;
        var keys = target.AuthPool?.Keys ?? [];
        if (keys.Count == 0)
        {
            if (auth.HeaderName is null != auth.HeaderValue is null)
                problems.Add($"{prefix}auth", "all or none of these fields must be set: 'header_name', 'header_value'");
            if (auth.ParamName is null != auth.ParamValue is null || auth.ParamName is null != auth.ParamLocation is null)
                problems.Add($"{prefix}auth", "all or none of these fields must be set: 'param_name', 'param_value', 'param_location'");
            AuthorizerRules.Check(target, prefix, problems);
            return;
        }
        if (auth.HeaderValue is not null || auth.ParamValue is not null)
            problems.Add($"{prefix}auth", "has a key of its own beside those of auth_pool.keys: put it among them");
        if (auth.ParamName is null != auth.ParamLocation is null)
            problems.Add($"{prefix}auth", "all or none of these fields must be set: 'param_name', 'param_location'");
        for (var i = 0; i < keys.Count; i++) Check(keys, i, auth, $"{prefix}auth_pool.keys[{i}]", problems);
        // Each key by itself is what a target with one would have.
        foreach (var key in keys) AuthorizerRules.Check(target with { Auth = key.Over(auth) }, prefix, problems);
    }

    static void Check(IReadOnlyList<PooledKeyConfig> keys, int at, TargetAuth auth, string field, Problems problems)
    {
        var key = keys[at];
        if (key.Secret is null) problems.Add(field, "has no credential: expected header_value, param_value or the secret of a cloud");
        if (key.HeaderValue is not null && auth.HeaderName is null) problems.Add($"{field}.header_value", "needs auth.header_name");
        if (key.ParamValue is not null && auth.ParamName is null) problems.Add($"{field}.param_value", "needs auth.param_name and auth.param_location");
        if (auth.HeaderName is not null && key.Secret is not null && key.HeaderValue is null) problems.Add(field, "has no header_value for auth.header_name");
        if (key.AwsAccessKeyId is null != key.AwsSecretAccessKey is null)
            problems.Add(field, "all or none of these fields must be set: 'aws_access_key_id', 'aws_secret_access_key'");
        for (var other = 0; other < at; other++)
        {
            if (key.Name is not null && keys[other].Name == key.Name) problems.Add($"{field}.name", $"keys[{other}] is called '{key.Name}', too");
            if (key.Secret is not null && keys[other].Secret == key.Secret) problems.Add(field, $"is the same key as keys[{other}]");
        }
    }
}
