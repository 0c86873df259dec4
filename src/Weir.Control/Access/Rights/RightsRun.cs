using System.Text.Json.Nodes;

namespace Weir.Control;

/// <summary>
/// Holds every change of a draft against the rights of its author, whichever way it came: as an entity, a transaction, a file or a way back. Nobody gives
/// away more than they have.
/// </summary>
sealed class RightsRun(Draft draft, IReadOnlyList<Change> changes)
{
    readonly Rights _rights = draft.Author.Rights;
    readonly RightsOf _then = RightsOf.In(draft.State);
    readonly RightsOf _now = RightsOf.In(draft);

    public IReadOnlyList<Refusal> Run()
    {
        List<Refusal> refusals = [];
        foreach (var change in changes)
        {
            if (AccessChecks.Problem(change, draft, _now) is { } problem) refusals.Add(Subject(problem, change));
            else if (!_rights.IsEverything && Judge(change) is { } refused) refusals.Add(Subject(refused, change));
        }
        return refusals;
    }

    static Refusal Subject(Refusal refusal, Change change) => refusal with { Subject = (change.Kind, change.Id) };

    Refusal? Judge(Change change)
    {
        var before = change.Before is { } was ? new Stored(change.Kind, change.Id, was, 0) : null;
        var after = change.After is { } becomes ? new Stored(change.Kind, change.Id, becomes, 0) : null;
        var action = before is null ? AdminAction.Create : after is null ? AdminAction.Delete : AdminAction.Update;
        foreach (var entity in (ReadOnlySpan<Stored?>)[before, after])
        {
            if (entity is null) continue;
            var scope = AccessScope.Of(entity, change.Workspace);
            if (!_rights.May(action, change.Kind, scope)) return Refused(action, entity, scope);
        }
        return (action == AdminAction.Delete ? Deleted(before!, change.Workspace) : Fields(action, before, after!, change.Workspace))
            ?? Escalation(before) ?? Escalation(after);
    }

    /// <summary>A permission for some plugins is one to delete those.</summary>
    Refusal? Deleted(Stored before, Guid room)
    {
        var scope = AccessScope.Of(before, room);
        var plugin = PluginOf(before);
        return _rights.Permitting(AdminAction.Delete, before.Kind, scope).Any(permission => permission.IsForPlugin(plugin))
            && !_rights.Forbidding(AdminAction.Delete, before.Kind, scope).Any(permission => permission.IsForPlugin(plugin))
            ? null : Refused(AdminAction.Delete, before, scope);
    }

    Refusal? Fields(AdminAction action, Stored? before, Stored after, Guid room)
    {
        var scope = AccessScope.Of(after, room);
        if (_rights.MayWholly(action, after.Kind, scope) && !_rights.Forbidding(action, after.Kind, scope).Any()) return null;
        var plugin = PluginOf(after);
        var permitting = _rights.Permitting(action, after.Kind, scope).Where(each => each.IsForPlugin(plugin)).ToList();
        // A plugin may not become another one that is closed.
        if (permitting.Count == 0 || (before is not null && !permitting.Any(each => each.IsForPlugin(PluginOf(before))))) return Refused(action, after, scope);
        var forbidding = _rights.Forbidding(action, after.Kind, scope).Where(each => each.IsForPlugin(plugin)).ToList();
        if (forbidding.Any(static each => each.Config is { Fields: null, ExceptFields: null })) return Refused(action, after, scope);
        var refused = SetFields.Of(before, after, draft.Parts.Read)
            .Where(field => !permitting.Any(each => each.IsForField(field)) || forbidding.Any(each => each.IsForField(field))).ToList();
        return refused.Count == 0 ? null : Refused(action, after, scope, refused);
    }

    /// <summary>Whoever can change what gives rights could take them: it needs all of the rights that it is about.</summary>
    Refusal? Escalation(Stored? entity)
    {
        if (entity is null) return null;
        var isCovered = true;
        if (entity.Kind == ControlKinds.Grants)
            isCovered = (_now.Held(entity) ?? _then.Held(entity)) is not { } held || _rights.Covers(held);
        else if (entity.Kind == ControlKinds.Roles)
            isCovered = _rights.Covers(new HeldRole(RightsOf.Role(entity), null));
        else if (entity.Kind == ControlKinds.Users)
            isCovered = CoversUser(entity.Id);
        else if (entity.Kind == ControlKinds.Tokens)
            isCovered = entity.Reference("user") is { } user && CoversUser(user);
        else if (entity.Kind == ControlKinds.Teams)
            isCovered = CoversTeam(entity.Id);
        else if (entity.Kind == ControlKinds.TeamMembers)
            isCovered = entity.Reference("team") is { } team && CoversTeam(team);
        if (isCovered) return null;
        var message = $"{draft.Author.Name}, you do not have permissions to give rights that you do not have";
        return new Refusal(403, Refusal.PermissionCode, "permission denied", message, []) { Entity = NameOf(entity) };
    }

    bool CoversUser(Guid user) => _rights.Covers(_then.User(user)) && _rights.Covers(_now.User(user));

    bool CoversTeam(Guid team) => _rights.Covers(_then.Teams([team])) && _rights.Covers(_now.Teams([team]));

    /// <summary>What stands in a room that the author does not see has no name.</summary>
    Refusal Refused(AdminAction action, Stored entity, Guid scope, IReadOnlyList<string>? refusedFields = null)
    {
        var name = _rights.MayRead(entity.Kind, scope) ? NameOf(entity) : "";
        var message = Refusal.MayNot(draft.Author.Name, action);
        if (name.Length > 0) message += $": {name}";
        var fields = new JsonObject();
        foreach (var field in refusedFields ?? []) fields[field] = "may not be set by you";
        if (refusedFields is not null) message += $", fields {string.Join(", ", refusedFields)}";
        return new Refusal(403, Refusal.PermissionCode, "permission denied", message, fields) { Entity = name };
    }

    static string NameOf(Stored entity)
    {
        // Names of credentials may be their secrets.
        var name = entity.Kind.NameField.Length == 0 || SecretMask.IsSecret(entity.Kind, entity.Kind.NameField) ? null : entity.Name;
        return $"{entity.Kind.Singular} '{name ?? entity.Id.ToString()}'";
    }

    static string? PluginOf(Stored entity) => entity.Kind == ControlKinds.Plugins ? entity.Text("name") : null;
}
