using System.Text.Json;
using Weir.Config;

namespace Weir.Control;

/// <summary>What of users, teams, roles and grants has to fit together, whoever changes them.</summary>
static class AccessChecks
{
    /// <summary>Names that stand for somebody who is no user.</summary>
    static readonly string[] NotUsers = ["anonymous", "me", "system"];

    /// <summary>What is wrong with an entity by itself.</summary>
    public static IEnumerable<(string Field, string Message)> Problems(object record)
    {
        switch (record)
        {
            case UserConfig user:
                if (NotUsers.Contains(user.Name)) yield return ("name", $"'{user.Name}' is no name for a user");
                if (user is { Type: UserType.Service, Password: not null }) yield return ("password", "a service account has tokens only");
                if (user.Password is { } password && PasswordHash.Problem(password) is { } weak) yield return ("password", weak);
                break;
            case RoleConfig role:
                if (BuiltInRoles.Named(role.Name) is not null) yield return ("name", "is the name of a built-in role");
                foreach (var (index, permission) in role.Permissions.Index())
                    foreach (var (field, message) in Problems(permission)) yield return ($"permissions[{index}].{field}", message);
                break;
            case GrantConfig grant:
                if (grant.User is null == grant.Team is null) yield return ("", "exactly one of these fields must be set: 'user', 'team'");
                if (grant.Workspace is null != grant.AllWorkspaces) yield return ("", "exactly one of these fields must be set: 'workspace', 'all_workspaces'");
                if (grant is { Role: BuiltInRoles.SuperAdmin, AllWorkspaces: false })
                    yield return ("all_workspaces", "super-admin is a role for all workspaces");
                break;
        }
    }

    /// <summary>What is wrong with a change among everything else; null for nothing.</summary>
    public static Refusal? Problem(Change change, Draft draft, RightsOf now)
    {
        if (change.Kind == ControlKinds.Grants && change.After is { } after)
        {
            var role = JsonDocument.Parse(after).RootElement.GetProperty("role").GetString()!;
            return now.Role(role) is null ? Refusal.Violation("role", $"there is no role '{role}'") : null;
        }
        if (change.Kind != ControlKinds.Roles || change.Before is not { } before) return null;
        var name = new Stored(change.Kind, change.Id, before, 0).Name;
        var isStill = draft.Find(ControlState.Root, ControlKinds.Roles, change.Id.ToString())?.Name == name;
        return !isStill && draft.All(ControlState.Root, ControlKinds.Grants).Any(grant => grant.Text("role") == name)
            ? Refusal.Referenced(ControlKinds.Roles, ControlKinds.Grants) : null;
    }

    static IEnumerable<(string Field, string Message)> Problems(PermissionConfig permission)
    {
        foreach (var (index, kind) in (permission.Kinds ?? []).Index())
            if (ControlKinds.Named(kind) is null)
                yield return ($"kinds[{index}]", $"there is no kind '{kind}'" + Suggestion.For(kind, ControlKinds.All.Select(static each => each.Name)));
        if (permission.Plugins is not null && permission.Kinds is not ["plugins"]) yield return ("plugins", "needs kinds to be [\"plugins\"]");
        if (permission.Fields is not null && permission.ExceptFields is not null) yield return ("except_fields", "cannot stand beside fields");
    }
}
