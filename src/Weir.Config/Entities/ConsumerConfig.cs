using System.ComponentModel;

namespace Weir.Config;

/// <summary>Somebody who calls. At least one of username and custom_id is set.</summary>
sealed record ConsumerConfig : Entity
{
    [Description("Unique name.")]
    public string? Username { get; init; }

    [Description("Unique id in the organisation's own systems.")]
    public string? CustomId { get; init; }

    [Description("Groups the consumer belongs to, by name or id.")]
    public IReadOnlyList<Reference>? Groups { get; init; }
}

/// <summary>A named set of consumers.</summary>
sealed record ConsumerGroupConfig : Entity
{
    [Description("Unique name."), Format(TextFormat.Name)]
    public required string Name { get; init; }
}
