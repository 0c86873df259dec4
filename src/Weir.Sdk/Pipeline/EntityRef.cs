namespace Weir;

/// <summary>A configured entity as plugins and records see it.</summary>
/// <param name="Id">UUID, lower case.</param>
/// <param name="Name">The entity's name, or null where it has none.</param>
/// <param name="Tags">Its tags.</param>
/// <param name="Json">The whole entity as JSON, for log records; secrets are not in it.</param>
public sealed record EntityRef(string Id, string? Name, IReadOnlyList<string> Tags, ReadOnlyMemory<byte> Json)
{
    /// <summary>The name, or the id of an entity without a name.</summary>
    public string Label => Name ?? Id;
}
