namespace Weir.Config;

/// <summary>The keys that a file may have at the top.</summary>
static class TopLevel
{
    /// <summary>Keys about the file itself.</summary>
    public static readonly IReadOnlyList<string> Meta =
        ["_format_version", "_transform", "_workspace", "_konnect", "_info", "_plugin_configs", "_comment", "_ignore"];

    /// <summary>Entities of Kong that Weir does not have.</summary>
    public static readonly IReadOnlyList<string> Unsupported =
    [
        "rbac_roles", "rbac_users", "licenses", "filter_chains", "custom_entities", "cloned_plugins", "custom_plugins", "service_packages",
        "oauth2_credentials", "oauth2_tokens", "mtls_auth_credentials", "degraphql_routes", "graphql_ratelimiting_cost_decorations"
    ];

    /// <summary>Memberships, which decK writes inside consumers and Kong's own files as a list.</summary>
    public const string Memberships = "consumer_group_consumers";

    /// <summary>Links of plugins to partials, which Kong's own files have as a list.</summary>
    public const string PartialLinks = "plugins_partials";

    public static string NotSupported(string name) => $"Weir does not support {name.Replace('_', ' ')} yet";

    public static IEnumerable<string> Known => [.. Meta, .. EntityKinds.All.Select(static kind => kind.Plural), Memberships];
}
