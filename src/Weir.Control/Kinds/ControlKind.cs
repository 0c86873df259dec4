using System.Text.Json.Serialization.Metadata;
using Weir.Config;

namespace Weir.Control;

/// <summary>What becomes of an entity when the one it refers to is deleted.</summary>
enum OnDelete
{
    /// <summary>The deletion is refused.</summary>
    Refuse,

    /// <summary>It is deleted too.</summary>
    Cascade,
}

/// <summary>A field that refers to an entity.</summary>
/// <param name="Field">Name of the field; its value is a record with the id.</param>
/// <param name="Target">The kind referred to.</param>
/// <param name="OnDelete">What a deletion of the target does.</param>
/// <param name="Segment">Under which name the lists of the target have these: <c>key-auth</c> of <c>/consumers/{id}/key-auth</c>; empty for none.</param>
/// <param name="IsRequired">Whether the field must be set.</param>
sealed record ForeignKey(string Field, ControlKind Target, OnDelete OnDelete, string Segment = "", bool IsRequired = false);

/// <summary>Fields whose values together are unique among the entities of a kind in a workspace.</summary>
/// <param name="Fields">Their names; a reference counts by its id.</param>
/// <param name="NullsCount">Whether an unset field is a value like others. Otherwise an entity with an unset field clashes with none.</param>
sealed record UniqueKey(IReadOnlyList<string> Fields, bool NullsCount = false);

/// <summary>A kind of entity as the journal and the Admin API have it.</summary>
sealed class ControlKind
{
    /// <summary>What it is called in the journal, in error messages and in files: <c>services</c>, <c>keyauth_credentials</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The list's path in the Admin API: <c>services</c>, <c>key-auths</c>. Empty when it stands inside another only.</summary>
    public required string Path { get; init; }

    /// <summary>What the reader of documents knows of it; null for kinds that are no configuration of a gateway.</summary>
    public EntityKind? Config { get; init; }

    /// <summary>The field that can stand for the id in paths; empty when there is none.</summary>
    public string NameField { get; init; } = "";

    public IReadOnlyList<UniqueKey> Unique { get; init; } = [];

    public IReadOnlyList<ForeignKey> References { get; init; } = [];

    /// <summary>Whether a reference by path needs the name to be unique, as it is among all kinds but targets.</summary>
    public int UniqueIndexOfName { get; private init; } = -1;

    /// <summary>Metadata of its record.</summary>
    public JsonTypeInfo Type => Config?.Type ?? OwnType!;

    /// <summary>Whether it stands in no workspace but over all of them.</summary>
    public bool IsShared { get; private init; }

    /// <summary>Whether only endpoints of its own change it: no transaction of somebody's making and no rollback does.</summary>
    public bool IsKept { get; private init; }

    JsonTypeInfo? OwnType { get; init; }

    public string Singular => Config?.Singular ?? Name.TrimEnd('s');

    /// <summary>Where its entities stand, for whoever works in a workspace.</summary>
    public Guid RoomIn(Guid workspace) => IsShared ? ControlState.Root : workspace;

    public override string ToString() => Name;

    /// <summary>A kind that documents have too.</summary>
    public static ControlKind Of(
        EntityKind config, string path, IReadOnlyList<UniqueKey> unique, IReadOnlyList<ForeignKey>? references = null) => new()
        {
            Name = config.Plural,
            Path = path,
            Config = config,
            NameField = config.NameField,
            Unique = unique,
            References = references ?? [],
            UniqueIndexOfName = IndexOf(unique, config.NameField),
        };

    static int IndexOf(IReadOnlyList<UniqueKey> unique, string field)
    {
        for (var i = 0; i < unique.Count; i++)
            if (unique[i].Fields is [var only] && only == field)
                return i;
        return -1;
    }

    /// <summary>A kind of the control plane's own, in workspaces.</summary>
    public static ControlKind Own(string name, string path, JsonTypeInfo type, IReadOnlyList<UniqueKey> unique, IReadOnlyList<ForeignKey> references) =>
        Own(name, path, "", type, unique, references, isShared: false);

    /// <summary>A kind of the control plane's own, over all workspaces.</summary>
    public static ControlKind Shared(
        string name, string nameField, JsonTypeInfo type, IReadOnlyList<ForeignKey>? references = null, IReadOnlyList<UniqueKey>? unique = null,
        string? path = null) =>
        Own(name, path ?? name, nameField, type, unique ?? (nameField.Length == 0 ? [] : [new UniqueKey([nameField])]), references ?? [], isShared: true);

    /// <summary>A kind over all workspaces that the control plane keeps for itself.</summary>
    public static ControlKind Kept(string name, JsonTypeInfo type) => new() { Name = name, Path = "", OwnType = type, IsShared = true, IsKept = true };

    static ControlKind Own(
        string name, string path, string nameField, JsonTypeInfo type, IReadOnlyList<UniqueKey> unique, IReadOnlyList<ForeignKey> references, bool isShared) =>
        new()
        {
            Name = name,
            Path = path,
            NameField = nameField,
            OwnType = type,
            Unique = unique,
            References = references,
            UniqueIndexOfName = IndexOf(unique, nameField),
            IsShared = isShared,
        };
}
