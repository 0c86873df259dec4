namespace Weir.Control;

/// <summary>In which scope rights on an entity are asked for: its workspace; itself when it is one; the workspace that a grant is for.</summary>
static class AccessScope
{
    /// <summary>Kinds whose entities stand over workspaces, and each belongs to one.</summary>
    public static bool IsByEntity(ControlKind kind) => kind == ControlKinds.Workspaces || kind == ControlKinds.Grants;

    public static Guid Of(Stored entity, Guid room)
    {
        if (entity.Kind == ControlKinds.Workspaces) return entity.Id;
        return entity.Kind == ControlKinds.Grants ? entity.Reference("workspace") ?? ControlState.Root : room;
    }
}
