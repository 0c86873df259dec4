using System.Text.Json.Serialization.Metadata;

namespace Weir.Config;

/// <summary>A kind of entity: its names in files, what identifies it and what it refers to.</summary>
sealed class EntityKind
{
    /// <summary>Name of the list in files: <c>services</c>.</summary>
    public required string Plural { get; init; }

    /// <summary>Name of one, for messages: <c>service</c>.</summary>
    public required string Singular { get; init; }

    /// <summary>Field that names it besides its id; empty when it has none.</summary>
    public string NameField { get; init; } = "name";

    /// <summary>Metadata of its record, made at first use: most documents have a few kinds of entities only.</summary>
    public JsonTypeInfo Type => TypeOf();

    public required Func<JsonTypeInfo> TypeOf { private get; init; }

    /// <summary>Whether its name is unique in the document, so that its id can be computed from it alone.</summary>
    public bool NameIsUnique { get; init; } = true;

    /// <summary>Fields that refer to other entities.</summary>
    public IReadOnlyList<(string Field, EntityKind Target)> References { get; init; } = [];

    public override string ToString() => Plural;
}
