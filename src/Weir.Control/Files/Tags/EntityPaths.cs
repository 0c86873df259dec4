namespace Weir.Control;

/// <summary>Where entities stand in decK's files.</summary>
static class EntityPaths
{
    static readonly string[] Nested =
    [
        "services.plugins", "services.routes", "services.routes.plugins", "services.document_objects", "services.filter_chains",
        "services.routes.filter_chains", "routes.plugins", "routes.filter_chains", "consumers.plugins", "consumers.keyauth_credentials",
        "consumers.basicauth_credentials", "consumers.hmacauth_credentials", "consumers.jwt_secrets", "consumers.oauth2_credentials", "consumers.acls",
        "consumers.mtls_auth_credentials", "consumer_groups.plugins", "consumer_groups.consumers", "upstreams.targets", "certificates.snis",
        "certificates.upstreams", "certificates.upstreams.targets", "ca_certificates.mtls_auth_credentials",
    ];

    static readonly string[] TopLevel =
    [
        "services", "routes", "plugins", "consumers", "consumer_groups", "upstreams", "targets", "certificates", "ca_certificates", "snis", "vaults",
        "keys", "key_sets", "partials", "filter_chains", "document_objects", "keyauth_credentials", "basicauth_credentials", "hmacauth_credentials",
        "jwt_secrets", "oauth2_credentials", "acls", "mtls_auth_credentials", "cloned_plugins", "custom_plugins",
    ];

    /// <summary>Everything that has tags.</summary>
    public static readonly SelectorSet Tagged = SelectorSet.Of(TopLevel.Concat(Nested).Select(Path));

    public static readonly SelectorSet Routes = SelectorSet.Of(Path("routes"), Path("services.routes"));

    static string Path(string kinds) => "$." + kinds.Replace(".", "[*].", StringComparison.Ordinal) + "[*]";
}
