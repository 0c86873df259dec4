using Weir.Config;

namespace Weir.Control;

/// <summary>
/// Security requirements of type openIdConnect as openid-connect plugins. Kong has no "or" and no "and" of plugins, so one requirement of one scheme only.
/// </summary>
sealed class OidcSecurity(OpenApiDocument document, bool ignoreErrors)
{
    const string Extension = "x-kong-security-openid-connect";

    /// <summary>The plugin of the requirements of a document or an operation; the inherited one where they say nothing that can be expressed.</summary>
    public MapNode? Plugin(MapNode owner, MapNode? inherited)
    {
        var requirements = new MapReader(owner, document.Report).Maps("security");
        if (requirements.Count == 0 || requirements is [{ Entries.Count: 0 }]) return inherited;
        if (requirements.Count > 1) return Refuse(requirements[1], "only a single security requirement is supported", inherited);
        var requirement = requirements[0];
        if (requirement.Entries.Count > 1) return Refuse(requirement, "within a security requirement only a single security scheme is supported", inherited);
        var (name, _, scopes) = requirement.Entries[0];
        var schemes = (document.Root.Find("components") as MapNode)?.Find("securitySchemes") as MapNode;
        if (document.Follow(schemes?.Find(name)) is not { } scheme) return Refuse(requirement, $"there is no security scheme '{name}'", inherited);
        if (scheme.FindText("type") != "openIdConnect")
        {
            var other = scheme.FindText("type");
            return Refuse(requirement, $"only security schemes of type 'openIdConnect' are supported, and '{name}' is of type '{other}'", inherited);
        }
        return Plugin(scheme, [.. scopes.Strings()]);
    }

    MapNode Plugin(MapNode scheme, IReadOnlyList<string> scopes)
    {
        var plugin = document.Kong(scheme, Extension) ?? Tree.Map();
        var config = plugin.Find("config") as MapNode ?? Tree.Map();
        config = config.With("scopes_required",
            Tree.Texts(config.Find("scopes_required").Strings().Concat(scopes).Distinct().Order(StringComparer.Ordinal)));
        if (scheme.FindText("openIdConnectUrl") is { } issuer && config.Find("issuer") is null) config = config.With("issuer", Tree.Text(issuer));
        return plugin.With("config", config).With("name", Tree.Text("openid-connect"));
    }

    MapNode? Refuse(Node at, string message, MapNode? inherited)
    {
        if (!ignoreErrors) document.Report.Error(at.Place, "", "security", message + "; --ignore-security-errors passes over it");
        return inherited;
    }
}
