using System.Text;
using Weir.Config;

namespace Weir.Control;

/// <summary>
/// A workspace as a file in decK's format. Entities stand under what they belong to, references go by name, everything is in one order: the same state is the
/// same bytes, whatever ids it has, and a sync of the file brings an empty workspace to the same state.
/// </summary>
sealed class StateDump
{
    readonly ControlState _state;
    readonly Guid _workspace;
    readonly DumpOptions _options;
    readonly DumpedForm _form;
    readonly HashSet<(ControlKind, Guid)> _in = [];
    readonly Dictionary<ControlKind, List<Stored>> _tops = [];
    readonly Dictionary<(ControlKind Kind, Guid Id), List<(Stored Child, string Field)>> _nested = [];
    readonly Dictionary<Guid, List<Guid>> _groupsOfConsumer = [];
    readonly Dictionary<Guid, List<Guid>> _otherMembersOfGroup = [];
    readonly HashSet<Guid> _salted = [];

    StateDump(ControlState state, Guid workspace, DumpOptions options, ReadOptions read)
    {
        (_state, _workspace, _options) = (state, workspace, options);
        _form = new DumpedForm(read, options.SkipsDefaults);
    }

    public static MapNode Of(ControlState state, Guid workspace, DumpOptions options, ReadOptions read)
    {
        var dump = new StateDump(state, workspace, options, read);
        dump.Arrange();
        var document = dump.Document();
        return options.Sanitizes is { } salt ? new Sanitizer(salt, read).Document(document) : document;
    }

    static IEnumerable<ControlKind> Kinds => ControlKinds.All.Where(static kind => kind.Config is not null);

    void Arrange()
    {
        foreach (var kind in Kinds)
            foreach (var entity in _state.Table(_workspace, kind).All)
                if (IsIn(entity)) _in.Add((kind, entity.Id));
        foreach (var kind in Kinds)
            foreach (var entity in _state.Table(_workspace, kind).All)
                if (_in.Contains((kind, entity.Id))) Place(entity);
        if (_options.SkipsConsumers) return;
        foreach (var membership in _state.Table(_workspace, ControlKinds.Memberships).All)
            Place(membership.Reference("consumer"), membership.Reference("consumer_group"));
    }

    bool IsIn(Stored entity)
    {
        if (_options.SkipsCaCertificates && entity.Kind == ControlKinds.CaCertificates) return false;
        if (_options.SkipsConsumers && IsOfConsumers(entity)) return false;
        return _options.SelectTags.Count == 0 || !_options.SelectTags.Except(entity.Tags()).Any();
    }

    static bool IsOfConsumers(Stored entity) => entity.Kind == ControlKinds.Consumers || entity.Kind == ControlKinds.ConsumerGroups
        || entity.Kind.References.Any(reference =>
            (reference.Target == ControlKinds.Consumers || reference.Target == ControlKinds.ConsumerGroups) && entity.Reference(reference.Field) is not null);

    void Place(Stored entity)
    {
        // Kong hashes a password with the id of its consumer: in another consumer nobody could log in with it.
        if (IsHashed(entity) && entity.Reference("consumer") is { } consumer) _salted.Add(consumer);
        if (Home(entity) is { } home) ListOf(_nested, (home.Reference.Target, home.Parent)).Add((entity, home.Reference.Field));
        else ListOf(_tops, entity.Kind).Add(entity);
    }

    static bool IsHashed(Stored entity) =>
        entity.Kind == ControlKinds.BasicAuthCredentials && entity.Text("password") is { } password && !VaultReference.Looks(password);

    void Place(Guid? consumer, Guid? group)
    {
        if (consumer is not { } member || group is not { } of) return;
        if (_in.Contains((ControlKinds.Consumers, member))) ListOf(_groupsOfConsumer, member).Add(of);
        else if (_in.Contains((ControlKinds.ConsumerGroups, of))) ListOf(_otherMembersOfGroup, of).Add(member);
    }

    /// <summary>What an entity stands under; null when it stands at the top. A plugin of several things belongs to none alone.</summary>
    (ForeignKey Reference, Guid Parent)? Home(Stored entity)
    {
        var set = entity.Kind.References.Where(reference => entity.Reference(reference.Field) is not null).ToList();
        if (set.Count == 0 || (entity.Kind == ControlKinds.Plugins && set.Count > 1)) return null;
        // decK has keys at the top only.
        if (entity.Kind == ControlKinds.Keys) return null;
        foreach (var reference in set)
        {
            var parent = entity.Reference(reference.Field)!.Value;
            var mayNest = EntityKinds.NestedIn(reference.Target.Config!).Any(each => each.Child == entity.Kind.Config && each.ForeignKey == reference.Field);
            if (mayNest && _in.Contains((reference.Target, parent))) return (reference, parent);
        }
        return null;
    }

    MapNode Document()
    {
        List<MapEntry> root = [Entry("_format_version", Nodes.Text("3.0"))];
        if (Header() is { Entries.Count: > 0 } header) root.Add(Entry("_info", header));
        if (_workspace != ControlState.DefaultWorkspace && _state.Workspace(_workspace.ToString())?.Name is { } name)
            root.Add(Entry("_workspace", Nodes.Text(name)));
        foreach (var (kind, entities) in _tops.OrderBy(static top => top.Key.Name, StringComparer.Ordinal))
            root.Add(Entry(kind.Name, Ordered(kind, entities.Select(entity => Node(entity, nestedBy: null)))));
        return new MapNode(default, root);
    }

    MapNode Header()
    {
        List<MapEntry> header = [];
        if (_options.SelectTags.Count > 0)
        {
            header.Add(Entry("defaults", new MapNode(default, [])));
            header.Add(Entry("select_tags", new ListNode(default, [.. _options.SelectTags.Select(Nodes.Text)])));
        }
        if (_salted.Count > 0) header.Add(Entry("skip_hash_for_basic_auth", new ScalarNode(default, ScalarKind.Boolean, "true")));
        return new MapNode(default, header);
    }

    MapNode Node(Stored entity, string? nestedBy)
    {
        var node = _form.Of(entity.Kind, Nodes.Read(entity));
        if (nestedBy is not null) node = node.Without(nestedBy);
        foreach (var reference in entity.Kind.References)
            if (reference.Field != nestedBy && entity.Reference(reference.Field) is { } target)
                node = node.With(reference.Field, Reference(entity.Kind, reference, target));
        if (!SaysId(entity)) node = node.Without("id");
        if (node.Find("tags") is ListNode tags) node = WithTags(node, tags);
        if (node.Find("partials") is ListNode links) node = node.With("partials", Links(links));
        return Sorted(new MapNode(default, [.. node.Entries, .. Members(entity), .. Children(entity)]));
    }

    bool SaysId(Stored entity) => _options.WithIds || entity.Name is null || (entity.Kind == ControlKinds.Consumers && _salted.Contains(entity.Id));

    MapNode WithTags(MapNode node, ListNode tags)
    {
        if (_options.SelectTags.Count == 0) return node;
        var own = tags.Items.Where(tag => tag is not ScalarNode scalar || !_options.SelectTags.Contains(scalar.Text)).ToList();
        return own.Count == 0 ? node.Without("tags") : node.With("tags", new ListNode(default, own));
    }

    IEnumerable<MapEntry> Members(Stored entity)
    {
        if (entity.Kind == ControlKinds.Consumers && _groupsOfConsumer.TryGetValue(entity.Id, out var groups))
            yield return Entry("groups", Ordered(ControlKinds.ConsumerGroups, groups.Select(group => ByName(ControlKinds.ConsumerGroups, group))));
        // A consumer that is in no file of these tags is named by its group.
        if (entity.Kind == ControlKinds.ConsumerGroups && _otherMembersOfGroup.TryGetValue(entity.Id, out var members))
            yield return Entry("consumers", Ordered(ControlKinds.Consumers, members.Select(member => ByName(ControlKinds.Consumers, member))));
    }

    IEnumerable<MapEntry> Children(Stored entity)
    {
        if (!_nested.TryGetValue((entity.Kind, entity.Id), out var children)) yield break;
        foreach (var list in children.GroupBy(static child => child.Child.Kind))
            yield return Entry(list.Key.Name, Ordered(list.Key, list.Select(child => Node(child.Child, child.Field))));
    }

    /// <summary>A reference in the form that decK has for the field.</summary>
    Node Reference(ControlKind kind, ForeignKey reference, Guid id)
    {
        if (kind == ControlKinds.Plugins || kind == ControlKinds.Services || kind == ControlKinds.VirtualKeys)
            return Nodes.Text(_state.Table(_workspace, reference.Target).Find(id)?.Name ?? id.ToString());
        return ByName(reference.Target, id);
    }

    MapNode ByName(ControlKind kind, Guid id)
    {
        var name = _state.Table(_workspace, kind).Find(id)?.Name;
        List<MapEntry> entries = [];
        if (name is null || _options.WithIds) entries.Add(Entry("id", Nodes.Text(id.ToString())));
        if (name is not null) entries.Add(Entry(kind == ControlKinds.Consumers ? kind.NameField : "name", Nodes.Text(name)));
        return new MapNode(default, entries);
    }

    ListNode Links(ListNode links) => new(default, [.. links.Items.Select(link =>
    {
        if (link is not MapNode map || !Guid.TryParseExact(map.FindText("id"), "D", out var id)) return link;
        return map.FindText("path") is { } path ? Nodes.With(ByName(ControlKinds.Partials, id), "path", path) : ByName(ControlKinds.Partials, id);
    })]);

    /// <summary>By name, and where names are the same by all that is said: ids may differ from one control plane to the next.</summary>
    static ListNode Ordered(ControlKind kind, IEnumerable<MapNode> nodes) => new(default, [.. nodes
        .Select(node => (Node: node, Name: node.FindText(kind.NameField) ?? "", Content: Encoding.UTF8.GetString(NodeJson.Bytes(node))))
        .OrderBy(static each => each.Name, StringComparer.Ordinal).ThenBy(static each => each.Content, StringComparer.Ordinal)
        .Select(static each => each.Node)]);

    static MapNode Sorted(MapNode map) => new(default, [.. map.Entries
        .OrderBy(static entry => entry.Key, StringComparer.Ordinal)
        .Select(static entry => entry with { Value = Sorted(entry.Value) })]);

    static Node Sorted(Node node) => node switch
    {
        MapNode map => Sorted(map),
        ListNode list => new ListNode(default, [.. list.Items.Select(Sorted)]),
        _ => node,
    };

    static MapEntry Entry(string key, Node value) => new(key, default, value);

    static List<TValue> ListOf<TKey, TValue>(Dictionary<TKey, List<TValue>> lists, TKey key) where TKey : notnull
    {
        if (!lists.TryGetValue(key, out var list)) lists[key] = list = [];
        return list;
    }
}
