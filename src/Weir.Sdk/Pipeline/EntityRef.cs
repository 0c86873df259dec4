namespace Weir;

/// <summary>A configured entity as plugins and records see it.</summary>
public sealed class EntityRef
{
    readonly Lazy<ReadOnlyMemory<byte>> _json;

    /// <summary>An entity whose JSON is made when somebody asks for it: most are never logged.</summary>
    /// <param name="id">UUID, lower case.</param>
    /// <param name="name">The entity's name, or null where it has none.</param>
    /// <param name="tags">Its tags.</param>
    /// <param name="json">Makes the whole entity as JSON, without secrets.</param>
    public EntityRef(string id, string? name, IReadOnlyList<string> tags, Func<ReadOnlyMemory<byte>> json) =>
        (Id, Name, Tags, _json) = (id, name, tags, new Lazy<ReadOnlyMemory<byte>>(json));

    /// <summary>An entity with its JSON.</summary>
    public EntityRef(string id, string? name, IReadOnlyList<string> tags, ReadOnlyMemory<byte> json) : this(id, name, tags, () => json) { }

    /// <summary>UUID, lower case.</summary>
    public string Id { get; }

    /// <summary>The entity's name, or null where it has none.</summary>
    public string? Name { get; }

    /// <summary>Its tags.</summary>
    public IReadOnlyList<string> Tags { get; }

    /// <summary>The whole entity as JSON, for log records; secrets are not in it.</summary>
    public ReadOnlyMemory<byte> Json => _json.Value;

    /// <summary>The name, or the id of an entity without a name.</summary>
    public string Label => Name ?? Id;
}
