namespace Weir.Control;

/// <summary>The entities of a state.</summary>
sealed class StateEntities(ControlState state) : IEntities
{
    public Stored? Find(Guid workspace, ControlKind kind, string idOrName) => state.Table(workspace, kind).Find(idOrName);

    public IEnumerable<Stored> All(Guid workspace, ControlKind kind) => state.Table(workspace, kind).All;

    public IReadOnlyList<Stored> Referring(Guid workspace, ControlKind kind, int reference, Guid target) =>
        [.. state.Table(workspace, kind).Referring(reference, target)];
}
