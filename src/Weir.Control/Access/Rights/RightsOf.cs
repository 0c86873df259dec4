using System.Text.Json;

namespace Weir.Control;

/// <summary>What users may do, read off a state or a draft. What leads nowhere (a role that is gone) gives nothing.</summary>
sealed class RightsOf(Func<ControlKind, string, Stored?> find, Func<ControlKind, int, Guid, IEnumerable<Stored>> referring)
{
    const int UserOfMember = 1;
    const int UserOfGrant = 0;
    const int TeamOfGrant = 1;

    public static RightsOf In(ControlState state) => new(
        (kind, name) => state.Table(ControlState.Root, kind).Find(name),
        (kind, reference, target) => state.Table(ControlState.Root, kind).Referring(reference, target));

    public static RightsOf In(Draft draft) => new(
        (kind, name) => draft.Find(ControlState.Root, kind, name),
        (kind, reference, target) => draft.Referring(ControlState.Root, kind, reference, target));

    /// <summary>The rights of a user: their own, and those of their teams.</summary>
    public Rights User(Guid user)
    {
        var teams = referring(ControlKinds.TeamMembers, UserOfMember, user).Select(static member => member.Reference("team")).OfType<Guid>();
        return new Rights([.. referring(ControlKinds.Grants, UserOfGrant, user).Concat(teams.SelectMany(OfTeam)).Select(Held).OfType<HeldRole>()]);
    }

    /// <summary>The rights of teams together.</summary>
    public Rights Teams(IEnumerable<Guid> teams) => new([.. teams.SelectMany(OfTeam).Select(Held).OfType<HeldRole>()]);

    /// <summary>What a grant gives.</summary>
    public HeldRole? Held(Stored grant)
    {
        var config = (GrantConfig)JsonSerializer.Deserialize(grant.Json.Span, ControlKinds.Grants.Type)!;
        if (Role(config.Role) is not { } role) return null;
        var workspace = grant.Reference("workspace");
        // Neither one nor all is nowhere.
        return workspace is null && !config.AllWorkspaces ? null : new HeldRole(role, config.AllWorkspaces ? null : workspace);
    }

    public Role? Role(string name)
    {
        if (BuiltInRoles.Named(name) is { } builtIn) return builtIn;
        if (find(ControlKinds.Roles, name) is not { } stored || stored.Name != name) return null;
        return Role(stored);
    }

    public static Role Role(Stored stored)
    {
        var config = (RoleConfig)JsonSerializer.Deserialize(stored.Json.Span, ControlKinds.Roles.Type)!;
        return new Role(config.Name, config.Permissions) { Comment = config.Comment ?? "" };
    }

    IEnumerable<Stored> OfTeam(Guid team) => referring(ControlKinds.Grants, TeamOfGrant, team);
}
