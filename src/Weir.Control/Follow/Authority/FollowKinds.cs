namespace Weir.Control;

/// <summary>What gateways get of a state, and what the control plane keeps about gateways.</summary>
static class FollowKinds
{
    /// <summary>Configuration: everything that makes up a document. Nothing of users, rules, tokens and keys of the control plane.</summary>
    public static readonly IReadOnlyList<ControlKind> Sent =
        [.. ControlKinds.All.Where(static kind => kind.Config is not null || kind == ControlKinds.Memberships || kind == ControlKinds.Workspaces)];

    static readonly HashSet<ControlKind> SentSet = [.. Sent];

    public static bool IsSent(ControlKind kind) => SentSet.Contains(kind);

    /// <summary>Everything of a state that gateways get.</summary>
    public static IEnumerable<(Guid Workspace, Stored Entity)> Of(ControlState state)
    {
        foreach (var workspace in state.Workspaces) yield return (ControlState.Root, workspace);
        foreach (var workspace in state.Workspaces)
            foreach (var kind in Sent)
                if (kind != ControlKinds.Workspaces)
                    foreach (var entity in state.Table(workspace.Id, kind).All)
                        yield return (workspace.Id, entity);
    }
}
