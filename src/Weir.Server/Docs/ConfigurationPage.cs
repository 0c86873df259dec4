using System.Globalization;
using System.Text;
using Weir.Config;

namespace Weir.Server;

/// <summary>The reference page of the configuration document: every entity with its fields.</summary>
static class ConfigurationPage
{
    const string Introduction = """
        # The configuration document

        One document says what the gateway does: a YAML or JSON file in Kong's declarative format, as Kong itself and decK read and write it. Several files
        and directories are merged. `weir validate FILE…` checks them and prints every problem with its place; `weir schema` prints the JSON Schema,
        for editors.

        ```yaml
        _format_version: "3.0"
        services:
        - name: orders
          url: http://orders.internal:8080
          routes:
          - name: orders
            paths: [/orders]
        ```

        Reading is strict: an unknown field, a wrong type, a reference to nothing or a duplicate is an error, and the document is used only without any.

        ## The file

        | Key | What it is |
        |---|---|
        | `_format_version` | `"3.0"`. Assumed, with a warning, when missing. |
        | `_info.select_tags` | Tags added to every entity of the file. |
        | `_info.defaults` | Values for fields that a `service`, `route`, `upstream` or `target` leaves out. |
        | `_info.default_lookup_tags` | Kinds of entities that are managed in other files and looked up by tag. |
        | `_plugin_configs` | Plugin settings by name, which plugins take with `_config: name`. |
        | `_transform`, `_workspace`, `_konnect` | Accepted; without effect. |
        | `_comment`, `_ignore` | Ignored, here and in every entity. |
        | `consumer_group_consumers` | Which consumer is in which group, in the flat form. |

        `${{ env "DECK_NAME" }}` is replaced by that environment variable before the file is parsed; the name must start with `DECK_`, and the variable must be
        set. `| toInt`, `| toFloat`, `| toBool` and `| indent 4` may follow.

        A field marked as secret or as a vault reference may hold `{vault://env/my-secret}` (the environment variable `MY_SECRET`), or name a vault of the
        document by its prefix. `{vault://env/my-secret/key}` takes one key of a secret that is a JSON object. [Secrets](../secrets.md) explains it.

        An entity may stand inside the one it belongs to (`routes` in a service) or in a list of its own with a reference (`service: {name: orders}`).
        An `id` that is left out is computed from kind and name, so that it stays the same over reloads.

        """;

    static readonly Dictionary<string, string> Meanings = new(StringComparer.Ordinal)
    {
        ["vaults"] = "Places that secrets come from. [Secrets](../secrets.md) explains them.",
        ["ca_certificates"] = "Certificate authorities that upstreams and clients are checked against.",
        ["partials"] = "Pieces of plugin settings that several plugins share.",
        ["budgets"] = "How much of models may be used in each window, by organisation, team, key, model, … ([guide](../budgets.md)).",
        ["consumer_groups"] = "Named sets of consumers that plugins can be attached to.",
        ["consumers"] = "Who may call: applications and people that credentials, limits and permissions belong to.",
        ["certificates"] = "Certificates with their keys, for listeners and for calls to upstreams.",
        ["snis"] = "Server names and the certificate shown for each.",
        ["key_sets"] = "Sets of keys.",
        ["keys"] = "Keys in JWK or PEM form.",
        ["services"] = "What stands behind the gateway: an address and how to speak to it.",
        ["routes"] = "Which requests go to which service.",
        ["upstreams"] = "Names that stand for several targets, with balancing and health checks. A service whose `host` is the name of one uses it.",
        ["targets"] = "Addresses of an upstream.",
        ["keyauth_credentials"] = "API keys of a consumer, for the key-auth plugin.",
        ["basicauth_credentials"] = "Usernames and passwords of a consumer, for the basic-auth plugin.",
        ["hmacauth_credentials"] = "HMAC secrets of a consumer. Read and checked; the hmac-auth plugin is not part of Weir yet.",
        ["jwt_secrets"] = "JWT keys of a consumer. Read and checked; the jwt plugin is not part of Weir yet.",
        ["acls"] = "Groups of a consumer, for the acl plugin.",
        ["model_providers"] = "Who serves models, and how the gateway proves itself there. [Models](../models.md) explains it.",
        ["policies"] = "Plugins that models name.",
        ["models"] = "Models as callers see them. [Models](../models.md) explains what they become.",
        ["ai_models"] = "Names that callers ask for, which plugins can be attached to. Each of the `models` becomes one.",
        ["virtual_keys"] = "Keys that callers of models have. [Virtual keys](../virtual-keys.md) explains them.",
        ["plugins"] = "Plugins and what each is attached to. Each plugin has a [page of its own](../plugins/README.md).",
    };

    /// <summary>The page.</summary>
    public static string Text()
    {
        var page = new StringBuilder(Introduction);
        foreach (var kind in EntityKinds.All) Append(page, kind);
        return page.ToString();
    }

    static void Append(StringBuilder page, EntityKind kind)
    {
        page.Append(CultureInfo.InvariantCulture, $"\n## {kind.Plural}\n\n{Meanings[kind.Plural]}\n\n");
        var lines = new List<string>();
        if (kind.NameField.Length > 0 && kind.NameIsUnique) lines.Add($"- Named by `{kind.NameField}`, which is unique.\n");
        var parents = EntityKinds.All.Where(other => EntityKinds.NestedIn(other).Any(nested => nested.Child == kind)).ToList();
        if (parents.Count > 0) lines.Add($"- May stand inside: {Names(parents)}.\n");
        var children = EntityKinds.NestedIn(kind).Select(static nested => nested.Child).ToList();
        if (children.Count > 0) lines.Add($"- May hold: {Names(children)}.\n");
        if (lines.Count > 0) page.AppendJoin("", lines).Append('\n');
        page.Append(ReferenceTable.Of(kind));
        if (kind != EntityKinds.Vaults) return;
        foreach (var name in VaultKinds.Supported)
            page.Append(CultureInfo.InvariantCulture, $"\n### Settings of a vault {name}\n\n{ReferenceTable.Of(VaultKinds.SettingsOf(name)!)}");
    }

    static string Names(IEnumerable<EntityKind> kinds) => string.Join(", ", kinds.Select(static kind => $"`{kind.Plural}`"));
}
