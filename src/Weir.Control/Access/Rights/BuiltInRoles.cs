using System.Collections.Frozen;

namespace Weir.Control;

/// <summary>The roles that every installation has.</summary>
static class BuiltInRoles
{
    public const string SuperAdmin = "super-admin";

    static readonly AdminAction[] Changes = [AdminAction.Read, AdminAction.Create, AdminAction.Update, AdminAction.Delete];
    static readonly AdminAction[] OnlyRead = [AdminAction.Read];

    /// <summary>Names are what guardrails and files know a workspace by: only the platform changes them.</summary>
    static readonly string[] OfWorkspace = ["comment", "meta", "config", "tags"];

    static readonly string[] OverWorkspaces = [.. ControlKinds.All.Where(static kind => kind.IsShared).Select(static kind => kind.Name)];

    public static readonly IReadOnlyList<Role> All =
    [
        new Role(SuperAdmin, []) { IsBuiltIn = true, IsEverything = true, Comment = "Everything, everywhere." },
        BuiltIn("admin", "Everything in a workspace, and whom else to let in.",
            Of(Changes), Of([AdminAction.Reveal, AdminAction.Sync, AdminAction.Plan, AdminAction.Rollback, AdminAction.Approve, AdminAction.Audit]),
            Of(Changes, ControlKinds.Grants.Name),
            new PermissionConfig { Kinds = [ControlKinds.Workspaces.Name], Actions = [AdminAction.Update], Fields = OfWorkspace }),
        BuiltIn("editor", "Changes what is in a workspace.",
            Of(Changes), Of([AdminAction.Reveal, AdminAction.Sync, AdminAction.Plan, AdminAction.Rollback])),
        BuiltIn("read-only", "Sees what is in a workspace, without its secrets.", Of(OnlyRead), Of([AdminAction.Plan])),
        BuiltIn("auditor", "Sees what is there and what happened, without secrets.", Of(OnlyRead), Of([AdminAction.Audit]), Of(OnlyRead, OverWorkspaces)),
    ];

    static readonly FrozenDictionary<string, Role> ByName = All.ToFrozenDictionary(static role => role.Name);

    public static Role? Named(string name) => ByName.GetValueOrDefault(name);

    static Role BuiltIn(string name, string comment, params IReadOnlyList<PermissionConfig> permissions) =>
        new(name, permissions) { IsBuiltIn = true, Comment = comment };

    static PermissionConfig Of(AdminAction[] actions, params string[] kinds) => new() { Actions = actions, Kinds = kinds.Length > 0 ? kinds : null };
}
