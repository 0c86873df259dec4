using System.ComponentModel;

namespace Weir.Config;

/// <summary>What every entity of a document has.</summary>
abstract record Entity
{
    [Description("UUID of the entity. Computed from its kind and name when the file gives none, so that it stays the same over reloads.")]
    [Format(TextFormat.Uuid)]
    public string? Id { get; init; }

    [Description("Labels for grouping and filtering."), Set, Format(TextFormat.Tag)]
    public IReadOnlyList<string>? Tags { get; init; }

    [Description("Creation time in Unix seconds. Kept, not interpreted.")]
    public double? CreatedAt { get; init; }

    [Description("Time of the last change in Unix seconds. Kept, not interpreted.")]
    public double? UpdatedAt { get; init; }
}

/// <summary>A reference to another entity: by id, or by the name that kind of entity has.</summary>
sealed record Reference
{
    [Description("UUID of the entity referred to."), Format(TextFormat.Uuid)]
    public string? Id { get; init; }

    [Description("Name of the entity referred to.")]
    public string? Name { get; init; }
}
