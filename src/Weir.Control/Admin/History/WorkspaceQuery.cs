namespace Weir.Control;

/// <summary>Workspaces that requests name elsewhere than in their paths.</summary>
static class WorkspaceQuery
{
    /// <summary>The workspace; null when there is none for the caller, which is the same as none.</summary>
    public static Stored? Find(AdminCall call, string idOrName) =>
        call.State.Workspace(idOrName) is { } workspace && call.Rights.Sees(workspace.Id) ? workspace : null;

    /// <summary>Whether the caller may see what a change is about.</summary>
    public static bool MayRead(Rights rights, Change change)
    {
        if (rights.IsEverything) return true;
        var entity = new Stored(change.Kind, change.Id, change.After ?? change.Before!.Value, 0);
        return rights.MayRead(entity, change.Workspace);
    }
}
