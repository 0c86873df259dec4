using Weir.Config;

namespace Weir.Control;

/// <summary>Entities as the document that the reader of files knows.</summary>
static class Documents
{
    /// <summary>A document of these entities. Passwords are hashed in it, as they are in the state.</summary>
    public static MapNode Of(IEnumerable<Stored> entities)
    {
        var lists = new Dictionary<string, List<Node>>(StringComparer.Ordinal);
        foreach (var entity in entities)
        {
            if (!lists.TryGetValue(entity.Kind.Name, out var list)) lists[entity.Kind.Name] = list = [];
            var node = Nodes.Read(entity);
            list.Add(entity.Kind == ControlKinds.Memberships ? Membership(node) : node);
        }
        List<MapEntry> root = [new("_format_version", default, Nodes.Text("3.0")), new("_info", default, Info())];
        root.AddRange(lists.Select(static list => new MapEntry(list.Key, default, new ListNode(default, list.Value))));
        return new MapNode(default, root);
    }

    /// <summary>Everything of a workspace.</summary>
    public static MapNode Of(ControlState state, Guid workspace) =>
        Of(ControlKinds.All.Where(static kind => kind.Config is not null || kind == ControlKinds.Memberships)
            .SelectMany(kind => state.Table(workspace, kind).All));

    static MapNode Info() => new(default, [new MapEntry("skip_hash_for_basic_auth", default, new ScalarNode(default, ScalarKind.Boolean, "true"))]);

    static MapNode Membership(MapNode node) => new(node.Place, [.. node.Entries.Where(static entry => entry.Key is "consumer" or "consumer_group")]);
}
