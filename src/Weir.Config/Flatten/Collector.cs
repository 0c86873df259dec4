namespace Weir.Config;

/// <summary>
/// Takes a document apart into rows: nested entities leave their parents with a reference to them, shorthands are expanded, defaults and tags of the document
/// are put in.
/// </summary>
sealed class Collector(FileHeader header, Report report)
{
    readonly Dictionary<EntityKind, List<Row>> _rows = EntityKinds.All.ToDictionary(static kind => kind, static _ => new List<Row>());

    public IReadOnlyDictionary<EntityKind, List<Row>> Rows => _rows;

    /// <summary>The parsed entities of a kind with their rows; those with problems of their own are not among them.</summary>
    public IEnumerable<(Row Row, T Entity)> Parsed<T>(EntityKind kind) where T : Entity
    {
        foreach (var row in _rows[kind])
            if (row is { Broken: false, LeftOut: false, Entity: T entity })
                yield return (row, entity);
    }

    /// <summary>Which consumer is in which group, where it is not written inside the consumer.</summary>
    public List<Membership> Memberships { get; } = [];

    /// <summary>A consumer's membership of a group, each side as the file refers to it or as the row it stands in.</summary>
    public sealed record Membership(Node? Consumer, Node? Group, Row? GroupRow, Place Place);

    public void Collect(MapNode root)
    {
        foreach (var entry in root.Entries)
        {
            if (TopLevel.Meta.Contains(entry.Key))
                continue;
            if (EntityKinds.All.FirstOrDefault(kind => kind.Plural == entry.Key) is { } kind)
                CollectList(kind, entry.Value, parent: null, entry.Key);
            else if (entry.Key == TopLevel.Memberships)
                CollectMemberships(entry.Value);
            else if (IsEmpty(entry.Value) && (TopLevel.Unsupported.Contains(entry.Key) || entry.Key == TopLevel.PartialLinks))
                continue;
            else if (TopLevel.Unsupported.Contains(entry.Key) || entry.Key == TopLevel.PartialLinks)
                report.Error(entry.KeyPlace, "", entry.Key, TopLevel.NotSupported(entry.Key));
            else
                report.Error(entry.KeyPlace, "", entry.Key, "unknown field" + Suggestion.For(entry.Key, TopLevel.Known));
        }
    }

    static bool IsEmpty(Node node) => node is ListNode { Items.Count: 0 } or ScalarNode { Kind: ScalarKind.Null };

    void CollectList(EntityKind kind, Node node, Row? parent, string field)
    {
        var label = parent?.Label ?? "";
        if (node is ScalarNode { Kind: ScalarKind.Null })
            return;
        if (node is not ListNode list)
        {
            report.Error(node.Place, label, field, $"expected an array, found {node.Describe()}");
            return;
        }
        for (var i = 0; i < list.Items.Count; i++)
        {
            switch (list.Items[i])
            {
                case MapNode map:
                    CollectOne(kind, map, parent);
                    break;
                // Kong's own files list the names of a certificate as plain texts.
                case ScalarNode { Kind: ScalarKind.Text } name when kind == EntityKinds.Snis && parent is not null:
                    CollectOne(kind, new MapNode(name.Place, [new MapEntry("name", name.Place, name)]), parent);
                    break;
                case var other:
                    report.Error(other.Place, label, $"{field}[{i}]", $"expected a record, found {other.Describe()}");
                    break;
            }
        }
    }

    void CollectOne(EntityKind kind, MapNode node, Row? parent)
    {
        var nested = EntityKinds.NestedIn(kind);
        var own = new List<MapEntry>(node.Entries.Count + 2);
        List<(EntityKind Child, Node List)>? children = null;
        Node? members = null;
        foreach (var entry in node.Entries)
        {
            if (Child(nested, entry.Key) is { } child)
                (children ??= []).Add((child, entry.Value));
            else if (kind == EntityKinds.ConsumerGroups && entry.Key == "consumers")
                members = entry.Value;
            else if (entry.Key is "_comment" or "_ignore")
                continue;
            else if (TopLevel.Unsupported.Contains(entry.Key))
                RefuseNested(kind, node, parent, entry);
            else
                own.Add(entry);
        }
        var row = new Row(kind, Expand(kind, new MapNode(node.Place, own)), parent);
        _rows[kind].Add(row);
        foreach (var (child, list) in children ?? [])
            CollectList(child, list, row, child.Plural);
        if (members is not null)
            CollectMembers(members, row);
    }

    void RefuseNested(EntityKind kind, MapNode node, Row? parent, MapEntry entry)
    {
        if (!IsEmpty(entry.Value))
            report.Error(entry.KeyPlace, new Row(kind, node, parent).Label, entry.Key, TopLevel.NotSupported(entry.Key));
    }

    static EntityKind? Child(IReadOnlyList<(EntityKind Child, string ForeignKey)> nested, string key)
    {
        foreach (var (child, _) in nested)
            if (child.Plural == key)
                return child;
        return null;
    }

    MapNode Expand(EntityKind kind, MapNode node)
    {
        if (kind == EntityKinds.Services)
            node = ServiceUrl.Expand(node, report);
        if (header.Defaults.Count > 0 && header.Defaults.TryGetValue(kind.Singular, out var defaults))
            node = node.Over(defaults);
        if (kind == EntityKinds.Upstreams)
            node = HashShorthand.Apply(node);
        if (header.SelectTags.Count > 0)
            node = node.With("tags", Tagged(node));
        return node;
    }

    Node Tagged(MapNode node) => node.Find("tags") switch
    {
        ListNode list => new ListNode(list.Place, [.. list.Items, .. header.SelectTags]),
        null or ScalarNode { Kind: ScalarKind.Null } => new ListNode(node.Place, header.SelectTags),
        var other => other,
    };

    void CollectMembers(Node node, Row group)
    {
        if (node is ListNode list)
        {
            foreach (var item in list.Items)
                Memberships.Add(new Membership(item, null, group, item.Place));
        }
        else if (!IsEmpty(node))
        {
            report.Error(node.Place, group.Label, "consumers", $"expected an array, found {node.Describe()}");
        }
    }

    void CollectMemberships(Node node)
    {
        foreach (var item in node is ListNode list ? list.Items : [node])
        {
            if (item is MapNode map && map.Find("consumer") is { } consumer && map.Find("consumer_group") is { } group)
                Memberships.Add(new Membership(consumer, group, null, item.Place));
            else if (item is not ScalarNode { Kind: ScalarKind.Null })
                report.Error(item.Place, "", TopLevel.Memberships, "a record with consumer and consumer_group is expected");
        }
    }
}
