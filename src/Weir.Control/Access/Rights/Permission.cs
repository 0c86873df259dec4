using System.Collections.Frozen;

namespace Weir.Control;

/// <summary>One permission of a role: actions on kinds, on all of their fields or on some.</summary>
sealed class Permission
{
    static readonly FrozenSet<AdminAction> Writes = FrozenSet.Create(AdminAction.Create, AdminAction.Update, AdminAction.Delete);

    readonly FrozenSet<AdminAction> _actions;
    readonly FrozenSet<string>? _kinds;

    public Permission(PermissionConfig config)
    {
        (Config, _actions, _kinds) = (config, config.Actions.ToFrozenSet(), config.Kinds?.ToFrozenSet());
        IsWhole = config is { Fields: null, ExceptFields: null, Plugins: null };
    }

    public PermissionConfig Config { get; }

    /// <summary>Whether it is for all fields of all entities of its kinds.</summary>
    public bool IsWhole { get; }

    public bool IsFor(AdminAction action, ControlKind kind)
    {
        var isKind = _kinds is null ? !kind.IsShared : _kinds.Contains(kind.Name);
        // Answers to changes show the entity: who may change it sees it.
        return isKind && (_actions.Contains(action) || (action == AdminAction.Read && !Config.Negative && _actions.Overlaps(Writes)));
    }

    /// <summary>Whether it has an action on a workspace as a whole.</summary>
    public bool IsFor(AdminAction action) => _actions.Contains(action);

    public bool IsForPlugin(string? plugin) => Config.Plugins is not { } plugins || (plugin is not null && plugins.Contains(plugin));

    /// <summary>Whether it lets a field be set.</summary>
    public bool IsForField(string field) =>
        (Config.Fields is not { } only || only.Any(path => IsWithin(field, path)))
        && (Config.ExceptFields is not { } except || !except.Any(path => IsWithin(field, path) || IsWithin(path, field)));

    static bool IsWithin(string field, string path) =>
        field.StartsWith(path, StringComparison.Ordinal) && (field.Length == path.Length || field[path.Length] == '.');
}
