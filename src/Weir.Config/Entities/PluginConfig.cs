using System.ComponentModel;
using System.Text.Json;

namespace Weir.Config;

/// <summary>A plugin attached to the whole gateway, or to any combination of service, route, consumer, consumer group and model.</summary>
sealed record PluginConfig : Entity
{
    [Description("Name of the plugin.")]
    public required string Name { get; init; }

    [Description("Unique name of this instance."), Format(TextFormat.Name)]
    public string? InstanceName { get; init; }

    [Description("A disabled instance is invisible.")]
    public bool Enabled { get; init; } = true;

    [Description("Protocols of the requests it runs on; null for all the plugin knows."), Set]
    public IReadOnlyList<RouteProtocol>? Protocols { get; init; }

    [Description("The plugin's own settings.")]
    public JsonElement? Config { get; init; }

    [Description("Shared configuration merged into config, one per path.")]
    public IReadOnlyList<PartialLink>? Partials { get; init; }

    [Description("Service it is attached to.")]
    public Reference? Service { get; init; }

    [Description("Route it is attached to.")]
    public Reference? Route { get; init; }

    [Description("Consumer it is attached to.")]
    public Reference? Consumer { get; init; }

    [Description("Consumer group it is attached to.")]
    public Reference? ConsumerGroup { get; init; }

    [Description("Model (ai_models) it is attached to: it runs when a request is for that model.")]
    public Reference? Model { get; init; }

    [Description("Changes of the execution order; not supported, the order is the catalog's.")]
    public JsonElement? Ordering { get; init; }

    [Description("CEL condition; not supported yet.")]
    public string? Condition { get; init; }
}

/// <summary>A link from a plugin to a partial.</summary>
sealed record PartialLink
{
    [Description("UUID of the partial."), Format(TextFormat.Uuid)]
    public string? Id { get; init; }

    [Description("Name of the partial.")]
    public string? Name { get; init; }

    [Description("Where in the plugin it goes: config.redis.")]
    public string? Path { get; init; }
}

/// <summary>A piece of plugin configuration shared by several plugins.</summary>
sealed record PartialConfig : Entity
{
    [Description("Unique name."), Format(TextFormat.Name)]
    public string? Name { get; init; }

    [Description("What it configures: redis-ce, redis-ee, …")]
    public required string Type { get; init; }

    [Description("The shared fields.")]
    public JsonElement? Config { get; init; }
}

/// <summary>A place secrets come from.</summary>
sealed record VaultConfig : Entity
{
    [Description("Kind of vault: env, file, hcv (HashiCorp Vault), aws, gcp, azure or conjur.")]
    public required string Name { get; init; }

    [Description("How references name it: {vault://prefix/…}; unique.")]
    public required string Prefix { get; init; }

    [Description("What it is for.")]
    public string? Description { get; init; }

    [Description("Settings of that kind of vault ([guide](../secrets.md)).")]
    public JsonElement? Config { get; init; }
}
