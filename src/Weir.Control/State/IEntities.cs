namespace Weir.Control;

/// <summary>Entities as they are, or would be.</summary>
interface IEntities
{
    Stored? Find(Guid workspace, ControlKind kind, string idOrName);

    IEnumerable<Stored> All(Guid workspace, ControlKind kind);

    /// <summary>Entities that refer to a target by one of their kind's references.</summary>
    IReadOnlyList<Stored> Referring(Guid workspace, ControlKind kind, int reference, Guid target);
}
