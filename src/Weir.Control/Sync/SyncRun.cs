using System.Collections.Frozen;
using System.Text;
using Weir.Config;

namespace Weir.Control;

/// <summary>One application of a plan to one draft.</summary>
sealed class SyncRun(SyncPlan plan, Draft draft, Guid workspace)
{
    readonly Dictionary<Row, Guid> _ids = [];
    readonly HashSet<(ControlKind, Guid)> _kept = [];
    readonly List<Refusal> _refusals = [];
    readonly Dictionary<Refusal, Row> _rows = new(ReferenceEqualityComparer.Instance);
    readonly Dictionary<(ControlKind, Guid), Row> _subjects = [];

    /// <summary>Where in the file stands what is refused; null when it stands in none.</summary>
    public Row? RowOf(Refusal refusal) => _rows.GetValueOrDefault(refusal) ?? (refusal.Subject is { } subject ? _subjects.GetValueOrDefault(subject) : null);

    public IReadOnlyList<Refusal> Apply()
    {
        foreach (var kind in ControlKinds.All.Where(kind => kind.Config is not null && !IsSkipped(kind)))
            foreach (var row in plan.Collected.Rows[kind.Config!])
                Put(kind, row);
        if (!IsSkipped(ControlKinds.Memberships)) PutMemberships();
        if (plan.Options.Deletes) CheckReferences();
        if (plan.Options.Deletes && _refusals.Count == 0) DeleteRest();
        return _refusals;
    }

    void Put(ControlKind kind, Row row)
    {
        var node = WithParent(kind, row);
        if (kind == ControlKinds.Plugins)
        {
            node = WithShared(node);
            if (plan.Options.SkipsConsumers && (IsSet(node, "consumer") || IsSet(node, "consumer_group"))) return;
        }
        node = node.Without("groups");
        if (row.Parent is not null && !_ids.ContainsKey(row.Parent)) return;
        var existing = Existing(kind, node);
        if (existing is not null && !IsSelected(existing))
        {
            Refuse(Refusal.Owned(kind, plan.Tags), row);
            return;
        }
        var id = existing?.Id.ToString() ?? node.FindText("id") ?? (IsNamed(kind, node) ? null : Ids.Of(kind.Config!, Content(node)));
        Guid put;
        var refused = id is null ? draft.Insert(workspace, kind, node, out put) : draft.Put(workspace, kind, id, node, out put);
        if (refused is not null)
        {
            Refuse(refused, row);
            return;
        }
        _ids[row] = put;
        _subjects[(kind, put)] = row;
        if (!_kept.Add((kind, put)))
            Refuse(Refusal.Violation(kind.NameField, "stands twice in the file"), row);
    }

    void Refuse(Refusal refusal, Row row)
    {
        var refused = refusal with { Entity = row.Label };
        _rows[refused] = row;
        _refusals.Add(refused);
    }

    /// <summary>
    /// What entities of a file refer to must be the file's, or another's that it names: what is in no file would be deleted, and what refers to it with it.
    /// </summary>
    void CheckReferences()
    {
        foreach (var ((kind, id), row) in _subjects)
        {
            if (draft.Find(workspace, kind, id.ToString()) is not { } entity) continue;
            foreach (var reference in kind.References)
                if (entity.Text(reference.Field) is { } target && draft.Find(workspace, reference.Target, target) is { } found && IsMissing(found))
                    Refuse(Refusal.Violation(reference.Field, MissingText(found)), row);
        }
    }

    /// <summary>Whether an entity that is not the file's is not one either that the file may refer to.</summary>
    bool IsMissing(Stored entity) => !_kept.Contains((entity.Kind, entity.Id)) && !IsElsewhere(entity) && !IsSkipped(entity.Kind)
        && (IsSelected(entity) || LookedUp.Contains(entity.Kind));

    static string MissingText(Stored entity)
    {
        var text = $"there is no {entity.Kind.Singular} '{entity.Name ?? entity.Id.ToString()}' in the file";
        return LookedUp.Contains(entity.Kind) ? $"{text}; what other files own is named by the tags of _info.default_lookup_tags.{entity.Kind.Name}" : text;
    }

    /// <summary>Kinds that a file can name as another file's.</summary>
    static readonly FrozenSet<ControlKind> LookedUp =
        FrozenSet.Create(ControlKinds.Services, ControlKinds.Routes, ControlKinds.Consumers, ControlKinds.ConsumerGroups, ControlKinds.Partials);

    MapNode WithParent(ControlKind kind, Row row)
    {
        if (row.Parent is not { } parent || !_ids.TryGetValue(parent, out var id)) return row.Node;
        var reference = kind.References.First(each => each.Target.Config == parent.Kind);
        return row.Node.With(reference.Field, Nodes.Reference(id));
    }

    MapNode WithShared(MapNode node)
    {
        if (node.FindText("_config") is not { } name || !plan.Header.PluginConfigs.TryGetValue(name, out var shared)) return node;
        return node.Without("_config").With("config", node.Find("config") is MapNode own ? own.Over(shared) : shared);
    }

    /// <summary>The entity that the file means: the one with its id, or with the values that name it.</summary>
    Stored? Existing(ControlKind kind, MapNode node)
    {
        if (node.FindText("id") is { } id) return draft.Find(workspace, kind, id);
        var found = draft.Matching(workspace, kind, node)
            ?? (kind == ControlKinds.Certificates || kind == ControlKinds.CaCertificates ? SameCertificate(kind, node.FindText("cert")) : null);
        // One entity of the state is one of the file.
        return found is not null && _kept.Contains((kind, found.Id)) ? null : found;
    }

    Stored? SameCertificate(ControlKind kind, string? pem) =>
        draft.All(workspace, kind).FirstOrDefault(entity => entity.Text("cert")?.Trim() == pem?.Trim());

    static bool IsNamed(ControlKind kind, MapNode node) =>
        kind == ControlKinds.Plugins || kind.Unique.Any(key => key.Fields.All(field => IsSet(node, field)));

    static bool IsSet(MapNode node, string field) => node.Find(field) is not (null or ScalarNode { Kind: ScalarKind.Null });

    static string Content(MapNode node) => Encoding.UTF8.GetString(NodeJson.Bytes(node));

    bool IsSkipped(ControlKind kind) =>
        (plan.Options.SkipsCaCertificates && kind == ControlKinds.CaCertificates)
        || (plan.Options.SkipsConsumers && (kind == ControlKinds.Consumers || kind == ControlKinds.ConsumerGroups || kind == ControlKinds.Memberships
            || (kind != ControlKinds.Plugins && kind.References.Any(static reference => reference.Target == ControlKinds.Consumers))));

    void PutMemberships()
    {
        HashSet<(Guid, Guid)> wanted = [];
        foreach (var row in plan.Collected.Rows[EntityKinds.Consumers])
            if (_ids.TryGetValue(row, out var consumer) && row.Node.Find("groups") is ListNode groups)
                foreach (var group in groups.Items)
                    if (Find(ControlKinds.ConsumerGroups, group, row, row.Label) is { } found) wanted.Add((consumer, found));
        foreach (var membership in plan.Collected.Memberships)
        {
            var label = membership.GroupRow?.Label ?? "consumer_group_consumers";
            var group = membership.GroupRow is { } row ? (_ids.TryGetValue(row, out var put) ? put : null as Guid?)
                : Find(ControlKinds.ConsumerGroups, membership.Group!, null, label);
            if (group is { } of && Member(membership, label) is { } consumer) wanted.Add((consumer, of));
        }
        foreach (var (consumer, group) in wanted) PutMembership(consumer, group);
        if (!plan.Options.Deletes) return;
        foreach (var membership in draft.All(workspace, ControlKinds.Memberships).ToList())
            if (IsOurs(membership) && !wanted.Contains((membership.Reference("consumer")!.Value, membership.Reference("consumer_group")!.Value)))
                draft.Delete(workspace, ControlKinds.Memberships, membership.Id.ToString());
    }

    /// <summary>
    /// A member that a group names. What a group says of a consumer beyond its name is said of the consumer itself, unless the file does so elsewhere.
    /// </summary>
    Guid? Member(Collector.Membership membership, string label)
    {
        if (membership.GroupRow is null || membership.Consumer is not MapNode map || (map.FindText("username") ?? map.FindText("custom_id")) is null)
            return Find(ControlKinds.Consumers, membership.Consumer!, membership.GroupRow, label);
        var existing = Named(ControlKinds.Consumers, map);
        var isName = map.Entries.All(static entry => entry.Key is "id" or "username" or "custom_id");
        if (existing is { } there && (isName || _kept.Contains((ControlKinds.Consumers, there.Id))))
        {
            _kept.Add((ControlKinds.Consumers, there.Id));
            return there.Id;
        }
        if (existing is not null && !IsSelected(existing))
        {
            Refuse(Refusal.Owned(ControlKinds.Consumers, plan.Tags), membership.GroupRow);
            return null;
        }
        var tagged = WithTags(map);
        var refused = existing is null ? draft.Insert(workspace, ControlKinds.Consumers, tagged, out var put)
            : draft.Put(workspace, ControlKinds.Consumers, existing.Id.ToString(), tagged.Without("id"), out put);
        if (refused is not null)
        {
            Refuse(refused, membership.GroupRow);
            return null;
        }
        _kept.Add((ControlKinds.Consumers, put));
        return put;
    }

    MapNode WithTags(MapNode consumer)
    {
        if (plan.Tags.Count == 0) return consumer;
        IReadOnlyList<Node> own = (consumer.Find("tags") as ListNode)?.Items ?? [];
        return consumer.With("tags", new ListNode(consumer.Place, [.. own, .. plan.Tags.Select(Nodes.Text)]));
    }

    /// <summary>A membership belongs to a file when its consumer or its group does.</summary>
    bool IsOurs(Stored membership) =>
        IsSelected(draft.Find(workspace, ControlKinds.Consumers, membership.Text("consumer")!)!)
        || IsSelected(draft.Find(workspace, ControlKinds.ConsumerGroups, membership.Text("consumer_group")!)!);

    void PutMembership(Guid consumer, Guid group)
    {
        var node = new MapNode(default, [new("consumer", default, Nodes.Reference(consumer)), new("consumer_group", default, Nodes.Reference(group))]);
        if (draft.Matching(workspace, ControlKinds.Memberships, node) is null) draft.Insert(workspace, ControlKinds.Memberships, node, out _);
    }

    Guid? Find(ControlKind kind, Node reference, Row? row, string label)
    {
        var found = Named(kind, reference);
        var isGoing = found is not null && plan.Options.Deletes && IsMissing(found) && IsSelected(found);
        if (found is not null && !isGoing) return found.Id;
        var refusal = Refusal.Violation(kind.Singular, isGoing ? MissingText(found!) : $"there is no {kind.Singular} '{Shown(kind, reference)}'");
        if (row is not null) Refuse(refusal, row);
        else _refusals.Add(refusal with { Entity = label });
        return null;
    }

    Stored? Named(ControlKind kind, Node reference)
    {
        var text = Shown(kind, reference);
        return draft.Find(workspace, kind, text)
            ?? ((reference as MapNode)?.FindText(kind.NameField) is { } name ? draft.Find(workspace, kind, name) : null)
            ?? draft.All(workspace, kind).FirstOrDefault(each => kind == ControlKinds.Consumers && each.Text("custom_id") == text);
    }

    static string Shown(ControlKind kind, Node reference) => reference switch
    {
        ScalarNode { Kind: ScalarKind.Text } scalar => scalar.Text,
        MapNode map => map.FindText("id") ?? map.FindText("name") ?? map.FindText(kind.NameField) ?? map.FindText("custom_id") ?? "",
        _ => "",
    };

    void DeleteRest()
    {
        foreach (var kind in ControlKinds.All.Reverse().Where(kind => kind.Config is not null && !IsSkipped(kind)))
        {
            foreach (var entity in draft.All(workspace, kind).ToList())
            {
                if (_kept.Contains((kind, entity.Id)) || !IsSelected(entity) || IsElsewhere(entity)) continue;
                if (plan.Options.SkipsConsumers && (entity.Text("consumer") ?? entity.Text("consumer_group")) is not null) continue;
                if (draft.Delete(workspace, kind, entity.Id.ToString()) is { } refused)
                    _refusals.Add(refused with { Entity = $"{kind.Singular} '{entity.Name ?? entity.Id.ToString()}'" });
            }
        }
    }

    bool IsSelected(Stored entity) => plan.Tags.Count == 0 || !plan.Tags.Except(entity.Tags()).Any();

    /// <summary>What the file only looks up is another file's.</summary>
    bool IsElsewhere(Stored entity) =>
        plan.Header.LookupTags.TryGetValue(entity.Kind.Name, out var tags) && !tags.Except(entity.Tags()).Any();
}
