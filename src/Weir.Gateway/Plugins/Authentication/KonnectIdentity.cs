using System.ComponentModel;
using System.Text.Json.Serialization;

namespace Weir.Gateway.Plugins;

/// <summary>Settings of Konnect's identity services. They are read so that exported files load; Weir has no such services to ask.</summary>
public sealed record Principals
{
    [Description("Directory to look principals up in.")]
    public string Directory { get; init; } = "default";

    [Description("Whether principals of Kong Identity are asked instead of the configured credentials. Only false is supported.")]
    public bool Enabled { get; init; }

    [Description("Whether an unknown principal is refused.")]
    public bool ErrorOnMiss { get; init; } = true;

    internal static void Check(Principals? principals, Problems problems)
    {
        if (principals is { Enabled: true })
            problems.Add("principals.enabled", "Weir cannot ask Konnect's identity service; expected false, with credentials in the configuration");
    }
}

/// <summary>Where Konnect looks for a consumer.</summary>
public sealed record IdentityRealm
{
    [Description("Realm's id."), Format(TextFormat.Uuid)]
    public string? Id { get; init; }

    [Description("Realm's region.")]
    public string? Region { get; init; }

    [Description("cp for the configuration's own consumers, realm for a realm of Konnect. Only cp is supported.")]
    public IdentityScope Scope { get; init; } = IdentityScope.ControlPlane;

    internal static void Check(IReadOnlyList<IdentityRealm>? realms, Problems problems)
    {
        for (var i = 0; i < realms?.Count; i++)
            if (realms[i].Scope != IdentityScope.ControlPlane)
                problems.Add($"identity_realms[{i}].scope", "Weir cannot ask Konnect's realms; expected 'cp', with the consumers in the configuration");
    }
}

/// <summary>Which consumers an identity realm means.</summary>
public enum IdentityScope
{
    [JsonStringEnumMemberName("cp")]
    ControlPlane,

    [JsonStringEnumMemberName("realm")]
    Realm,
}
