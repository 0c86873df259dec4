using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Weir.Config;

namespace Weir.Control;

/// <summary>A rule that the platform sets over workspaces, judged whenever a change is planned.</summary>
sealed record GuardrailConfig : Entity
{
    [Description("Unique name."), Format(TextFormat.Name)]
    public required string Name { get; init; }

    [Description("Why the rule is there and what to do instead: shown to whoever meets it.")]
    public required string Reason { get; init; }

    [Description("Whom to ask about it: a team or an address.")]
    public required string Owner { get; init; }

    [Description("A disabled rule holds for nobody.")]
    public bool Enabled { get; init; } = true;

    [Description("Workspaces it holds for, by name; '*' at the end stands for any ending. Null for all but the default one.")]
    public IReadOnlyList<string>? Workspaces { get; init; }

    [Description("A plugin that every route must have: on itself, on its service, or global.")]
    public RequiredPlugin? RequirePlugin { get; init; }

    [Description("The only plugins that may be used."), MinLength(1)]
    public IReadOnlyList<string>? AllowPlugins { get; init; }

    [Description("Plugins that may not be used."), MinLength(1)]
    public IReadOnlyList<string>? ForbidPlugins { get; init; }

    [Description("Kinds of entities that only the platform changes: certificates, vaults, …"), MinLength(1)]
    public IReadOnlyList<string>? PlatformKinds { get; init; }

    [Description("Fields that only the platform changes; elsewhere they keep their defaults."), MinLength(1)]
    public IReadOnlyList<PlatformField>? PlatformFields { get; init; }

    [Description("Numbers that have to stay within bounds."), MinLength(1)]
    public IReadOnlyList<FieldBound>? Bounds { get; init; }

    [Description("Hosts that belong to these workspaces and to no other; '*.' at the start stands for any name below. Their routes must name such hosts.")]
    [MinLength(1)]
    public IReadOnlyList<string>? Hosts { get; init; }

    [Description("Beginnings of paths that belong to these workspaces and to no other. Their routes' paths must begin so."), MinLength(1)]
    public IReadOnlyList<string>? Paths { get; init; }

    [Description("Names have to match a regular expression."), MinLength(1)]
    public IReadOnlyList<NameRule>? Names { get; init; }

    [Description("Tags that entities must have."), MinLength(1)]
    public IReadOnlyList<TagRule>? RequireTags { get; init; }
}

/// <summary>A plugin that every route must have.</summary>
sealed record RequiredPlugin
{
    [Description("Name of the plugin.")]
    public required string Name { get; init; }

    [Description("Settings that it must have; those not listed are free.")]
    public JsonElement? Config { get; init; }
}

/// <summary>A field that only the platform changes.</summary>
sealed record PlatformField
{
    [Description("Kind of entity: services, routes, plugins, …")]
    public required string Kind { get; init; }

    [Description("Name of the plugin, for fields of plugins; null for all.")]
    public string? Plugin { get; init; }

    [Description("Path of the field: tls_verify, config.hide_credentials.")]
    public required string Field { get; init; }
}

/// <summary>A number that has to stay within bounds.</summary>
sealed record FieldBound
{
    [Description("Kind of entity: services, routes, plugins, …")]
    public required string Kind { get; init; }

    [Description("Name of the plugin, for fields of plugins; null for all.")]
    public string? Plugin { get; init; }

    [Description("Path of the field: retries, config.minute. A field that is not set is within any bounds.")]
    public required string Field { get; init; }

    [Description("Smallest value.")]
    public double? Min { get; init; }

    [Description("Largest value.")]
    public double? Max { get; init; }
}

/// <summary>A form of names.</summary>
sealed record NameRule
{
    [Description("Kind of entity.")]
    public required string Kind { get; init; }

    [Description("Regular expression that the whole name has to match; an entity without a name does not."), Format(TextFormat.Regex)]
    public required string Pattern { get; init; }
}

/// <summary>A tag that entities must have.</summary>
sealed record TagRule
{
    [Description("Kind of entity.")]
    public required string Kind { get; init; }

    [Description("The tag; '*' at the end stands for any ending: owner:*.")]
    public required string Tag { get; init; }
}

/// <summary>Leave to break a guardrail, for one workspace or one entity of it, until a day.</summary>
sealed record GuardrailExceptionConfig : Entity
{
    [Description("The guardrail.")]
    public Reference? Guardrail { get; init; }

    [Description("Name of the workspace that may break it.")]
    public required string Workspace { get; init; }

    [Description("Id of the only entity that may; null for all of the workspace."), Format(TextFormat.Uuid)]
    public string? Entity { get; init; }

    [Description("When it ends: 2027-01-31 or 2027-01-31T12:00:00Z.")]
    public required string Until { get; init; }

    [Description("Who answers for it.")]
    public required string GrantedBy { get; init; }

    [Description("Why it is needed.")]
    public required string Reason { get; init; }
}

/// <summary>A team's room.</summary>
sealed record WorkspaceConfig : Entity
{
    [Description("Unique name; it begins paths of the Admin API."), Format(TextFormat.Name), MinLength(1)]
    public required string Name { get; init; }

    [Description("What it is for.")]
    public string? Comment { get; init; }

    [Description("Free for users of the API.")]
    public IReadOnlyDictionary<string, JsonElement>? Meta { get; init; }

    [Description("Free for users of the API.")]
    public IReadOnlyDictionary<string, JsonElement>? Config { get; init; }
}

/// <summary>A consumer in a group.</summary>
sealed record MembershipConfig : Entity
{
    [Description("The consumer.")]
    public Reference? Consumer { get; init; }

    [Description("The group.")]
    public Reference? ConsumerGroup { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true, UseStringEnumConverter = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(WorkspaceConfig))]
[JsonSerializable(typeof(MembershipConfig))]
[JsonSerializable(typeof(GuardrailConfig))]
[JsonSerializable(typeof(GuardrailExceptionConfig))]
[JsonSerializable(typeof(UserConfig))]
[JsonSerializable(typeof(TeamConfig))]
[JsonSerializable(typeof(TeamMemberConfig))]
[JsonSerializable(typeof(TokenConfig))]
[JsonSerializable(typeof(RoleConfig))]
[JsonSerializable(typeof(GrantConfig))]
sealed partial class ControlJson : JsonSerializerContext;
