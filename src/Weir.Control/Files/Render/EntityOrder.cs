using Weir.Config;

namespace Weir.Control;

/// <summary>Lists of entities by the names of their entities, so that the same entities make the same file.</summary>
static class EntityOrder
{
    /// <summary>Fields that an entity is known by, most telling first.</summary>
    static readonly Dictionary<string, string[]> Keys = new()
    {
        ["services"] = ["name"],
        ["routes"] = ["name"],
        ["upstreams"] = ["name"],
        ["targets"] = ["target"],
        ["consumers"] = ["username", "custom_id"],
        ["consumer_groups"] = ["name"],
        ["plugins"] = ["name", "service", "route", "consumer", "consumer_group", "instance_name"],
        ["acls"] = ["group"],
        ["basicauth_credentials"] = ["username"],
        ["hmacauth_credentials"] = ["username"],
        ["jwt_secrets"] = ["key"],
        ["keyauth_credentials"] = ["key"],
        ["oauth2_credentials"] = ["client_id", "name"],
        ["mtls_auth_credentials"] = ["subject_name"],
        ["groups"] = ["name"],
        ["certificates"] = ["cert"],
        ["ca_certificates"] = ["cert"],
        ["snis"] = ["name"],
        ["vaults"] = ["prefix", "name"],
        ["keys"] = ["name"],
        ["key_sets"] = ["name"],
        ["partials"] = ["name"],
    };

    /// <summary>The kinds of entities whose ids others need to name them.</summary>
    static readonly string[] WithId = ["certificates", "ca_certificates"];

    public static bool IsKind(string key) => Keys.ContainsKey(key);

    public static bool KeepsId(string kind) => WithId.Contains(kind);

    public static ListNode Sorted(string kind, IEnumerable<Node> entities) => Tree.List(entities
        .OrderBy(entity => string.Join('\0', Keys[kind].Select(key => (entity as MapNode)?.Find(key).Scalar())), StringComparer.Ordinal)
        .ThenBy(static entity => (entity as MapNode)?.Find("id").Scalar(), StringComparer.Ordinal));
}
