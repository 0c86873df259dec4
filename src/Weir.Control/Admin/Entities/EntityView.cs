using Weir.Config;

namespace Weir.Control;

/// <summary>Entities as a state has them or as a draft would have them: what paths name is found in both alike.</summary>
sealed class EntityView(Func<ControlKind, string, Stored?> find, Func<ControlKind, int, Guid, IEnumerable<Stored>> referring, bool isMasked)
{
    /// <summary>Whether entities of a kind are shown without their secrets. Those of users are shown to nobody.</summary>
    public bool Masks(ControlKind kind) => isMasked || ControlKinds.OfAccess.Contains(kind);

    public static EntityView Of(ControlState state, AdminCall call) => new(
        (kind, name) => Seen(state.Table(call.RoomOf(kind), kind).Find(name), call),
        (kind, reference, target) => Seen(state.Table(call.RoomOf(kind), kind).Referring(reference, target), call), IsMasked(call));

    public static EntityView Of(Draft draft, AdminCall call) => new(
        (kind, name) => Seen(draft.Find(call.RoomOf(kind), kind, name), call),
        (kind, reference, target) => Seen(draft.Referring(call.RoomOf(kind), kind, reference, target), call), IsMasked(call));

    static bool IsMasked(AdminCall call) => !call.Rights.May(AdminAction.Reveal, call.Workspace);

    /// <summary>What the caller may not see is not there.</summary>
    static Stored? Seen(Stored? entity, AdminCall call) => entity is not null && call.Rights.MayRead(entity, call.RoomOf(entity.Kind)) ? entity : null;

    static IEnumerable<Stored> Seen(IEnumerable<Stored> entities, AdminCall call) => entities.Where(entity => Seen(entity, call) is not null);

    /// <summary>The entity with an id or name; a certificate also by a server name that it is shown for.</summary>
    public Stored? Find(ControlKind kind, string idOrName)
    {
        if (find(kind, idOrName) is { } found) return found;
        if (kind != ControlKinds.Certificates || find(ControlKinds.Snis, idOrName) is not { } sni) return null;
        return sni.Reference("certificate") is { } certificate ? find(kind, certificate.ToString()) : null;
    }

    /// <summary>The entity with an id, or with a name that is one only inside its parent.</summary>
    public Stored? FindIn(ControlKind kind, int reference, Stored parent, string idOrName)
    {
        if (Find(kind, idOrName) is { } found) return found.Reference(kind.References[reference].Field) == parent.Id ? found : null;
        if (kind.NameField.Length == 0 || kind.UniqueIndexOfName >= 0) return null;
        var name = kind == ControlKinds.Targets ? TargetChecks.Normalize(idOrName) ?? idOrName : idOrName;
        return Referring(kind, reference, parent.Id).FirstOrDefault(child => child.Name == name);
    }

    public IEnumerable<Stored> Referring(ControlKind kind, int reference, Guid target) => referring(kind, reference, target);
}
