namespace Weir.Control;

/// <summary>A role that somebody has.</summary>
/// <param name="Role">The role.</param>
/// <param name="Workspace">Where it holds; null for everywhere.</param>
readonly record struct HeldRole(Role Role, Guid? Workspace)
{
    public bool IsIn(Guid scope) => Workspace is not { } only || only == scope;
}

/// <summary>
/// What a caller may do. A scope is a workspace, or <see cref="ControlState.Root"/> for what stands over all of them; there only roles count that are held
/// everywhere. Whatever is not permitted is forbidden.
/// </summary>
sealed class Rights
{
    readonly IReadOnlyList<HeldRole> _held;

    public Rights(IReadOnlyList<HeldRole> held)
    {
        _held = held;
        IsEverything = held.Any(static each => each is { Workspace: null, Role.IsEverything: true });
    }

    /// <summary>Of the process itself, and of everybody where rights are not enforced.</summary>
    public static Rights Everything { get; } = new([new HeldRole(BuiltInRoles.Named(BuiltInRoles.SuperAdmin)!, null)]);

    public static Rights None { get; } = new([]);

    public bool IsEverything { get; }

    public IReadOnlyList<HeldRole> Held => _held;

    /// <summary>Whether a workspace is there for the caller at all.</summary>
    public bool Sees(Guid workspace) => workspace != ControlState.Root && Has(workspace);

    public bool May(AdminAction action, ControlKind kind, Guid scope)
    {
        if (IsEverything) return true;
        if (kind == ControlKinds.Workspaces && action == AdminAction.Read && Sees(scope)) return true;
        return !IsForbidden(action, kind, scope) && Permitting(action, kind, scope).Any();
    }

    /// <summary>Whether it is permitted for every field of every entity of the kind.</summary>
    public bool MayWholly(AdminAction action, ControlKind kind, Guid scope) =>
        IsEverything || (May(action, kind, scope) && Permitting(action, kind, scope).Any(static permission => permission.IsWhole));

    /// <summary>Whether there is any scope in which it is permitted.</summary>
    public bool MaySomewhere(AdminAction action, ControlKind kind) =>
        May(action, kind, ControlState.Root) || _held.Any(each => each.Workspace is { } workspace && May(action, kind, workspace));

    /// <summary>Whether an action on a workspace as a whole is permitted.</summary>
    public bool May(AdminAction action, Guid scope)
    {
        if (IsEverything) return true;
        var any = false;
        foreach (var permission in In(scope))
        {
            if (!permission.IsFor(action)) continue;
            if (permission.Config.Negative) return false;
            any = true;
        }
        return any;
    }

    public bool MaySomewhere(AdminAction action) =>
        May(action, ControlState.Root) || _held.Any(each => each.Workspace is { } workspace && May(action, workspace));

    /// <summary>Whether an entity may be seen.</summary>
    public bool MayRead(Stored entity, Guid room)
    {
        var (kind, scope) = (entity.Kind, AccessScope.Of(entity, room));
        if (kind != ControlKinds.Plugins || MayRead(kind, scope)) return May(AdminAction.Read, kind, scope);
        var plugin = entity.Text("name");
        return May(AdminAction.Read, kind, scope) && Permitting(AdminAction.Read, kind, scope).Any(permission => permission.IsForPlugin(plugin))
            && !Forbidding(AdminAction.Read, kind, scope).Any(permission => permission.IsForPlugin(plugin));
    }

    /// <summary>Whether all entities of a kind may be seen.</summary>
    public bool MayRead(ControlKind kind, Guid scope) => IsEverything || (May(AdminAction.Read, kind, scope)
        && !Forbidding(AdminAction.Read, kind, scope).Any()
        && (kind == ControlKinds.Workspaces || Permitting(AdminAction.Read, kind, scope).Any(static permission => permission.Config.Plugins is null)));

    /// <summary>What permits an action, before it is asked what forbids it.</summary>
    public IEnumerable<Permission> Permitting(AdminAction action, ControlKind kind, Guid scope) =>
        In(scope).Where(permission => !permission.Config.Negative && permission.IsFor(action, kind));

    public IEnumerable<Permission> Forbidding(AdminAction action, ControlKind kind, Guid scope) =>
        In(scope).Where(permission => permission.Config.Negative && permission.IsFor(action, kind));

    /// <summary>Whether everything that a role permits somewhere is permitted here too: nobody gives what they do not have.</summary>
    public bool Covers(HeldRole other)
    {
        if (IsEverything) return true;
        if (other.Role.IsEverything) return false;
        var scope = other.Workspace ?? ControlState.Root;
        // What holds everywhere counts in every workspace: one in which nobody else has anything stands for them all.
        var within = other.Workspace ?? EveryOther;
        foreach (var permission in other.Role.Permissions.Where(static permission => !permission.Config.Negative))
        {
            foreach (var action in Enum.GetValues<AdminAction>())
            {
                if (permission.IsFor(action) && action > AdminAction.Delete && !May(action, within)) return false;
                foreach (var kind in action <= AdminAction.Delete ? ControlKinds.All : [])
                    if (permission.IsFor(action, kind) && !CoversFields(action, kind, kind.IsShared ? scope : within, permission))
                        return false;
            }
        }
        return true;
    }

    static readonly Guid EveryOther = new("ffffffff-ffff-4fff-bfff-ffffffffffff");

    bool CoversFields(AdminAction action, ControlKind kind, Guid scope, Permission other) => MayWholly(action, kind, scope)
        || (May(action, kind, scope) && Permitting(action, kind, scope).Any(own => IsSame(own.Config, other.Config)));

    static bool IsSame(PermissionConfig one, PermissionConfig other) =>
        IsSame(one.Fields, other.Fields) && IsSame(one.ExceptFields, other.ExceptFields) && IsSame(one.Plugins, other.Plugins);

    static bool IsSame(IReadOnlyList<string>? one, IReadOnlyList<string>? other) =>
        (one is null && other is null) || (one is not null && other is not null && one.ToHashSet().SetEquals(other));

    public bool Covers(Rights other) => other._held.All(Covers);

    bool IsForbidden(AdminAction action, ControlKind kind, Guid scope) =>
        Forbidding(action, kind, scope).Any(static permission => permission.IsWhole);

    bool Has(Guid scope) => _held.Any(each => each.IsIn(scope));

    IEnumerable<Permission> In(Guid scope) =>
        _held.Where(each => each.IsIn(scope)).SelectMany(static each => each.Role.IsEverything ? Whole : each.Role.Permissions);

    static IReadOnlyList<Permission> Whole { get; } =
        [new Permission(new PermissionConfig { Kinds = [.. ControlKinds.All.Select(static kind => kind.Name)], Actions = Enum.GetValues<AdminAction>() })];
}
