using System.Text;

namespace Weir.Config;

/// <summary>Gives every row an id and turns every reference into the id of a row.</summary>
sealed class Linker(Collector collected, FileHeader header, Report report)
{
    readonly Dictionary<EntityKind, RowIndex> _indexes = EntityKinds.All.ToDictionary(static kind => kind, static _ => new RowIndex());
    readonly Dictionary<string, int> _repeats = new(StringComparer.Ordinal);

    public RowIndex this[EntityKind kind] => _indexes[kind];

    public void Link()
    {
        foreach (var kind in EntityKinds.All)
        {
            foreach (var row in collected.Rows[kind])
            {
                LinkToParent(row);
                foreach (var (field, target) in kind.References)
                    Resolve(row, field, target);
                if (kind == EntityKinds.Consumers)
                    ResolveGroups(row);
                Identify(row);
            }
        }
        foreach (var membership in collected.Memberships)
            Join(membership);
    }

    static void LinkToParent(Row row)
    {
        if (row.Parent is not { } parent)
            return;
        row.LeftOut = parent.LeftOut;
        row.Broken = parent.Broken;
        foreach (var (child, foreignKey) in EntityKinds.NestedIn(parent.Kind))
            if (child == row.Kind)
                row.Node = row.Node.With(foreignKey, ReferenceTo(parent, row.Node.Place));
    }

    static MapNode ReferenceTo(Row row, Place place)
    {
        var entries = new List<MapEntry>(2) { new("id", place, new ScalarNode(place, ScalarKind.Text, row.Id)) };
        if (row.Name is { } name)
            entries.Add(new MapEntry("name", place, new ScalarNode(place, ScalarKind.Text, name)));
        return new MapNode(place, entries);
    }

    void Resolve(Row row, string field, EntityKind target)
    {
        if (row.Node.Find(field) is not { } node || node is ScalarNode { Kind: ScalarKind.Null })
            return;
        if (row.Parent is { } parent && parent.Kind == target)
            return;
        var found = Find(node, target, out var refused);
        if (found is not null)
        {
            row.LeftOut |= found.LeftOut;
            row.Broken |= found.Broken;
            row.Node = row.Node.With(field, ReferenceTo(found, node.Place));
            return;
        }
        if (refused is null && header.Elsewhere.Contains(target.Plural))
            LeaveOut(row, field, target, node);
        else
            report.Error(node.Place, row.Label, field, refused ?? NotFound(node, target));
        row.Broken = true;
        row.Node = row.Node.Without(field);
    }

    void LeaveOut(Row row, string field, EntityKind target, Node node)
    {
        row.LeftOut = true;
        report.Warning(node.Place, row.Label, field,
            $"the {target.Singular} '{Shown(node)}' is managed elsewhere (default_lookup_tags) and not in this document; this {row.Kind.Singular} is left out");
    }

    /// <summary>The row that a reference in any of its forms means.</summary>
    /// <param name="node">A text (id or name), or a map with id or name.</param>
    /// <param name="target">The kind referred to.</param>
    /// <param name="refused">What is wrong with the form, or null when only no such row exists.</param>
    public Row? Find(Node node, EntityKind target, out string? refused)
    {
        refused = null;
        var index = _indexes[target];
        switch (node)
        {
            case ScalarNode { Kind: ScalarKind.Text } text:
                return index.ByIdOrName(text.Text);
            case MapNode map:
                var id = map.FindText("id");
                var name = map.FindText("name") ?? (target.NameField.Length > 0 ? map.FindText(target.NameField) : null);
                if (id is null && name is null && map.FindText("custom_id") is { } customId)
                    return collected.Rows[target].Find(row => row.Node.FindText("custom_id") == customId);
                if (id is null && name is null)
                    refused = "a reference by id or name is expected";
                return (id is null ? null : index.ById(id)) ?? (name is null ? null : index.ByIdOrName(name));
            default:
                refused = $"a reference by id or name is expected, found {node.Describe()}";
                return null;
        }
    }

    /// <summary>Says that a reference leads nowhere, and what was probably meant.</summary>
    public string NotFound(Node node, EntityKind target) =>
        $"there is no {target.Singular} '{Shown(node)}' in this document{(report.IsFull ? "" : Suggestion.For(Shown(node), _indexes[target].Names))}";

    static string Shown(Node node) => node switch
    {
        ScalarNode text => text.Text,
        MapNode map => map.FindText("name") ?? map.FindText("username") ?? map.FindText("id") ?? map.FindText("custom_id") ?? "?",
        _ => "?",
    };

    void ResolveGroups(Row consumer)
    {
        if (consumer.Node.Find("groups") is not ListNode list)
            return;
        var resolved = new List<Node>(list.Items.Count);
        foreach (var item in list.Items)
        {
            if (Find(item, EntityKinds.ConsumerGroups, out var refused) is { } group)
                AddGroup(resolved, group, item.Place);
            else if (refused is null && header.Elsewhere.Contains(EntityKinds.ConsumerGroups.Plural))
                report.Warning(item.Place, consumer.Label, "groups", ElsewhereText(item, EntityKinds.ConsumerGroups));
            else
                report.Error(item.Place, consumer.Label, "groups", refused ?? NotFound(item, EntityKinds.ConsumerGroups));
        }
        consumer.Node = consumer.Node.With("groups", new ListNode(list.Place, resolved));
    }

    static string ElsewhereText(Node node, EntityKind kind) =>
        $"the {kind.Singular} '{Shown(node)}' is managed elsewhere (default_lookup_tags) and not in this document; the membership is left out";

    static void AddGroup(List<Node> groups, Row group, Place place)
    {
        if (!groups.OfType<MapNode>().Any(each => each.FindText("id") == group.Id))
            groups.Add(ReferenceTo(group, place));
    }

    void Join(Collector.Membership membership)
    {
        string? refused = null;
        var group = membership.GroupRow ?? Find(membership.Group!, EntityKinds.ConsumerGroups, out refused);
        var consumerRefused = refused;
        var consumer = group is null ? null : FindConsumer(membership, out consumerRefused);
        if (group is null || consumer is null)
        {
            var (kind, node) = group is null ? (EntityKinds.ConsumerGroups, membership.Group!) : (EntityKinds.Consumers, membership.Consumer!);
            if (consumerRefused is null && header.Elsewhere.Contains(kind.Plural))
                report.Warning(membership.Place, group?.Label ?? "", "consumers", ElsewhereText(node, kind));
            else
                report.Error(membership.Place, group?.Label ?? "", "consumers", consumerRefused ?? NotFound(node, kind));
            return;
        }
        var groups = consumer.Node.Find("groups") is ListNode list ? list.Items.ToList() : [];
        AddGroup(groups, group, membership.Place);
        consumer.Node = consumer.Node.With("groups", new ListNode(membership.Place, groups));
    }

    Row? FindConsumer(Collector.Membership membership, out string? refused) => Find(membership.Consumer!, EntityKinds.Consumers, out refused);

    void Identify(Row row)
    {
        row.Id = row.GivenId is { } given && TextFormats.IsUuid(given) ? given : Ids.Of(row.Kind, KeyOf(row));
        if (row.Node.Find("id") is null or ScalarNode { Kind: ScalarKind.Null })
            row.Node = row.Node.With("id", new ScalarNode(row.Node.Place, ScalarKind.Text, row.Id));
        var index = _indexes[row.Kind];
        // Computed ids clash where names do, which is reported below.
        if (index.AddId(row) is { } same && row.GivenId is not null)
            report.Error(row.Node.Nearest("id").Place, row.Label, "id", $"the id {row.Id} is already that of {same.Label} at {same.Node.Place}");
        if (row.Name is { } name && row.Kind.NameIsUnique && index.AddName(name, row) is { } earlier)
        {
            var shown = row.Kind == EntityKinds.KeyAuthCredentials ? "this key" : $"'{name}'";
            report.Error(row.Node.Nearest(row.Kind.NameField).Place, row.Label, row.Kind.NameField,
                $"must be unique, but {earlier.Label} at {earlier.Node.Place} has {shown} too");
        }
    }

    // A unique name is enough. Otherwise what it belongs to and all its own fields; a repetition of the same gets a number.
    string KeyOf(Row row)
    {
        if (row.Kind.NameIsUnique && row.Name is { Length: > 0 } name)
            return name;
        var content = row.Kind == EntityKinds.Plugins ? PluginKey(row) : row.Kind == EntityKinds.Targets ? TargetKey(row) : null;
        content ??= Encoding.UTF8.GetString(NodeJson.Bytes(row.Node));
        var unique = row.Kind.Plural + ":" + content;
        var repeat = _repeats[unique] = _repeats.GetValueOrDefault(unique) + 1;
        return repeat == 1 ? content : $"{content}#{repeat}";
    }

    static string PluginKey(Row row)
    {
        var key = new StringBuilder(row.Name).Append(':').Append(row.Node.FindText("instance_name"));
        foreach (var (field, target) in row.Kind.References)
        {
            var id = (row.Node.Find(field) as MapNode)?.FindText("id");
            // Models came later than the others: plugins without one keep the ids that they had.
            if (id is not null || target != EntityKinds.AiModels) key.Append(':').Append(id);
        }
        return key.ToString();
    }

    static string TargetKey(Row row) => (row.Node.Find("upstream") as MapNode)?.FindText("id") + ":" + row.Name;
}
