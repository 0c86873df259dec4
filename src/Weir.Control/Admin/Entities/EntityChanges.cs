using Weir.Config;

namespace Weir.Control;

/// <summary>Changes of entities with what Kong's API lets them carry: a certificate brings the server names that it is shown for.</summary>
static class EntityChanges
{
    const string Names = "snis";
    const int CertificateOfSni = 0;

    public static Refusal? Insert(Draft draft, Guid room, ControlKind kind, MapNode body, out Guid id)
    {
        if (!HasNames(kind, body)) return draft.Insert(room, kind, body, out id);
        var refused = draft.Insert(room, kind, body.Without(Names), out id);
        return refused ?? SetNames(draft, room, id, body, takesOver: false);
    }

    public static Refusal? Put(Draft draft, Guid room, ControlKind kind, string idOrName, MapNode body, out Guid id)
    {
        if (!HasNames(kind, body)) return draft.Put(room, kind, idOrName, body, out id);
        var refused = draft.Put(room, kind, idOrName, body.Without(Names), out id);
        return refused ?? SetNames(draft, room, id, body, takesOver: true);
    }

    public static Refusal? Patch(Draft draft, Guid room, ControlKind kind, string idOrName, MapNode body, out Guid id)
    {
        if (!HasNames(kind, body)) return draft.Patch(room, kind, idOrName, body, out id);
        var refused = draft.Patch(room, kind, idOrName, body.Without(Names), out id);
        return refused ?? SetNames(draft, room, id, body, takesOver: true);
    }

    /// <summary>What is left of a body without what it brings for other kinds.</summary>
    public static MapNode WithoutNames(ControlKind kind, MapNode body) => HasNames(kind, body) ? body.Without(Names) : body;

    static bool HasNames(ControlKind kind, MapNode body) => kind == ControlKinds.Certificates && body.Find(Names) is not null;

    /// <summary>The names that a certificate comes with are all that it has: others go, new ones are added or taken over.</summary>
    static Refusal? SetNames(Draft draft, Guid workspace, Guid certificate, MapNode body, bool takesOver)
    {
        if (Listed(body.Find(Names)!) is not { } names) return Refusal.Violation(Names, "expected a set");
        foreach (var sni in draft.Referring(workspace, ControlKinds.Snis, CertificateOfSni, certificate))
            if (!names.Contains(sni.Name ?? "") && draft.Delete(workspace, ControlKinds.Snis, sni.Id.ToString()) is { } refused)
                return refused;
        foreach (var name in names)
        {
            var there = draft.Find(workspace, ControlKinds.Snis, name);
            if (there?.Reference("certificate") == certificate) continue;
            if (there is not null && !takesOver)
                return Refusal.Violation(Names, $"{name} already associated with existing certificate '{there.Text("certificate")}'");
            var sni = new MapNode(default, [new MapEntry("certificate", default, Nodes.Reference(certificate))]);
            var refused = there is null
                ? draft.Insert(workspace, ControlKinds.Snis, Nodes.With(sni, "name", name), out _)
                : draft.Patch(workspace, ControlKinds.Snis, there.Id.ToString(), sni, out _);
            if (refused is not null) return refused;
        }
        return null;
    }

    static HashSet<string>? Listed(Node node)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        switch (node)
        {
            case ScalarNode { Kind: ScalarKind.Null }:
                return names;
            // A form has them in one field.
            case ScalarNode { Kind: ScalarKind.Text } text:
                names.UnionWith(text.Text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
                return names;
            case MapNode form when form.Entries.All(static entry => entry.Value is ScalarNode):
                names.UnionWith(form.Entries.Select(static entry => ((ScalarNode)entry.Value).Text));
                return names;
            case ListNode list when list.Items.All(static item => item is ScalarNode { Kind: ScalarKind.Text }):
                names.UnionWith(list.Items.Select(static item => ((ScalarNode)item).Text));
                return names;
            default:
                return null;
        }
    }
}
