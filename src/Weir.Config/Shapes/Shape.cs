using System.Collections.Frozen;
using System.Text.Json.Serialization.Metadata;

namespace Weir.Config;

/// <summary>What a value may be.</summary>
enum ShapeKind
{
    Text,
    Integer,
    Number,
    Boolean,
    Choice,
    List,
    Map,
    Record,

    /// <summary>Anything: free JSON.</summary>
    Any,
}

/// <summary>
/// The form of a configuration record, read off its JSON metadata and attributes once. Reading, JSON Schema and reference tables all come from it, so that no
/// field is described twice.
/// </summary>
sealed class Shape
{
    public required ShapeKind Kind { get; init; }

    public required JsonTypeInfo Type { get; init; }

    /// <summary>Fields of a record, by name.</summary>
    public FrozenDictionary<string, FieldShape> Fields { get; init; } = FrozenDictionary<string, FieldShape>.Empty;

    /// <summary>Fields of a record in the order of the class.</summary>
    public IReadOnlyList<FieldShape> Order { get; init; } = [];

    /// <summary>Elements of a list, values of a map.</summary>
    public Shape? Element { get; init; }

    /// <summary>The words of a choice.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>Range of the integer type.</summary>
    public (long Min, long Max) Integers { get; init; } = (long.MinValue, long.MaxValue);

    /// <summary>Deprecated flat names of a record, with the path each stands for.</summary>
    public IReadOnlyList<(string Name, string[] Path)> Shorthands { get; init; } = [];

    /// <summary>Whether a list may hold null.</summary>
    public bool IsReference => Type.Type == typeof(Reference);

    /// <summary>The shape of a record.</summary>
    public static Shape Of(JsonTypeInfo type) => ShapeOf.Record(type);
}

/// <summary>One field of a record.</summary>
sealed class FieldShape
{
    public required string Name { get; init; }

    public required Shape Shape { get; init; }

    public required bool Required { get; init; }

    public required bool Nullable { get; init; }

    public required FieldRules Rules { get; init; }

    public string Description { get; init; } = "";

    /// <summary>JSON written where the file has nothing; null when nothing is to be written.</summary>
    public required Func<Profile, byte[]?> Default { get; init; }
}

/// <summary>Rules on the value of a field; on lists and maps, of their elements.</summary>
sealed record FieldRules
{
    public TextFormat? Format { get; init; }

    public (double Min, double Max)? Range { get; init; }

    /// <summary>Fewest elements of a list, or characters of a text.</summary>
    public int? LengthMin { get; init; }

    /// <summary>Most elements of a list, or characters of a text.</summary>
    public int? LengthMax { get; init; }

    public IReadOnlyList<string> Allowed { get; init; } = [];

    public bool Set { get; init; }

    public bool Secret { get; init; }

    public bool Referenceable { get; init; }
}
