using Weir.Config;

namespace Weir.Control;

/// <summary>Entities as a state has them or as a draft would have them: what paths name is found in both alike.</summary>
sealed class EntityView(Func<ControlKind, string, Stored?> find, Func<ControlKind, int, Guid, IEnumerable<Stored>> referring)
{
    public static EntityView Of(ControlState state, AdminCall call) => new(
        (kind, name) => state.Table(call.RoomOf(kind), kind).Find(name),
        (kind, reference, target) => state.Table(call.RoomOf(kind), kind).Referring(reference, target));

    public static EntityView Of(Draft draft, AdminCall call) => new(
        (kind, name) => draft.Find(call.RoomOf(kind), kind, name),
        (kind, reference, target) => draft.Referring(call.RoomOf(kind), kind, reference, target));

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
