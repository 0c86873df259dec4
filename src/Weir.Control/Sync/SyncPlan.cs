using System.Text;
using Weir.Config;

namespace Weir.Control;

/// <summary>
/// Brings a workspace to what a declarative file says, as changes of one draft: entities of the file are found again by id or by what names them, put in
/// whole, and what the file no longer has is deleted where it is asked to.
/// </summary>
sealed class SyncPlan
{
    readonly SyncOptions _options;
    readonly FileHeader _header;
    readonly Collector _collected;
    readonly Report _report;
    readonly IReadOnlyList<string> _tags;

    /// <param name="root">The file, with variables filled in.</param>
    /// <param name="options">What to look at.</param>
    /// <param name="limits">How many problems are listed.</param>
    public SyncPlan(MapNode root, SyncOptions options, ReadLimits limits)
    {
        _options = options;
        _report = new Report(limits.ProblemsMax);
        _header = FileHeader.Read(root, _report);
        _collected = new Collector(_header, _report);
        _collected.Collect(root);
        _tags = [.. options.SelectTags.Concat(_header.SelectTags.OfType<ScalarNode>().Select(static tag => tag.Text)).Distinct()];
    }

    /// <summary>What is wrong with the file itself, and what should be known of it.</summary>
    public IReadOnlyList<Problem> Problems => _report.Problems();

    /// <summary>Whether passwords of basic-auth are hashed in the file.</summary>
    public bool PasswordsAreHashed => _header.PasswordsAreHashed;

    /// <summary>Says the changes to a draft; everything that cannot be done is returned, not only the first.</summary>
    public IReadOnlyList<Refusal> Apply(Draft draft, Guid workspace) => new Run(this, draft, workspace).Apply();

    /// <summary>One application of the plan to one draft.</summary>
    sealed class Run(SyncPlan plan, Draft draft, Guid workspace)
    {
        readonly Dictionary<Row, Guid> _ids = [];
        readonly HashSet<(ControlKind, Guid)> _kept = [];
        readonly List<Refusal> _refusals = [];

        public IReadOnlyList<Refusal> Apply()
        {
            foreach (var kind in ControlKinds.All.Where(kind => kind.Config is not null && !IsSkipped(kind)))
                foreach (var row in plan._collected.Rows[kind.Config!])
                    Put(kind, row);
            if (!IsSkipped(ControlKinds.Memberships)) PutMemberships();
            if (plan._options.Deletes && _refusals.Count == 0) DeleteRest();
            return _refusals;
        }

        void Put(ControlKind kind, Row row)
        {
            var node = WithParent(kind, row);
            if (kind == ControlKinds.Plugins)
            {
                node = WithShared(node);
                if (plan._options.SkipsConsumers && (IsSet(node, "consumer") || IsSet(node, "consumer_group"))) return;
            }
            node = node.Without("groups");
            if (row.Parent is not null && !_ids.ContainsKey(row.Parent)) return;
            var existing = Existing(kind, node);
            var id = existing?.Id.ToString() ?? node.FindText("id") ?? (IsNamed(kind, node) ? null : Ids.Of(kind.Config!, Content(node)));
            Guid put;
            var refused = id is null ? draft.Insert(workspace, kind, node, out put) : draft.Put(workspace, kind, id, node, out put);
            if (refused is not null)
            {
                _refusals.Add(refused with { Entity = row.Label });
                return;
            }
            _ids[row] = put;
            if (!_kept.Add((kind, put)))
                _refusals.Add(Refusal.Violation(kind.NameField, "stands twice in the file") with { Entity = row.Label });
        }

        MapNode WithParent(ControlKind kind, Row row)
        {
            if (row.Parent is not { } parent || !_ids.TryGetValue(parent, out var id)) return row.Node;
            var reference = kind.References.First(each => each.Target.Config == parent.Kind);
            return row.Node.With(reference.Field, Nodes.Reference(id));
        }

        MapNode WithShared(MapNode node)
        {
            if (node.FindText("_config") is not { } name || !plan._header.PluginConfigs.TryGetValue(name, out var shared)) return node;
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
            (plan._options.SkipsCaCertificates && kind == ControlKinds.CaCertificates)
            || (plan._options.SkipsConsumers && (kind == ControlKinds.Consumers || kind == ControlKinds.ConsumerGroups || kind == ControlKinds.Memberships
                || (kind != ControlKinds.Plugins && kind.References.Any(static reference => reference.Target == ControlKinds.Consumers))));

        void PutMemberships()
        {
            HashSet<(Guid, Guid)> wanted = [];
            foreach (var row in plan._collected.Rows[EntityKinds.Consumers])
                if (_ids.TryGetValue(row, out var consumer) && row.Node.Find("groups") is ListNode groups)
                    foreach (var group in groups.Items)
                        Join(ControlKinds.ConsumerGroups, group, row.Label, found => wanted.Add((consumer, found)));
            foreach (var membership in plan._collected.Memberships)
            {
                var label = membership.GroupRow?.Label ?? "consumer_group_consumers";
                if (membership.GroupRow is { } row && _ids.TryGetValue(row, out var group))
                    Join(ControlKinds.Consumers, membership.Consumer!, label, found => wanted.Add((found, group)));
                else if (membership.Group is { } named)
                    Join(ControlKinds.ConsumerGroups, named, label,
                        of => Join(ControlKinds.Consumers, membership.Consumer!, label, found => wanted.Add((found, of))));
            }
            foreach (var (consumer, group) in wanted) PutMembership(consumer, group);
            if (!plan._options.Deletes) return;
            foreach (var membership in draft.All(workspace, ControlKinds.Memberships).ToList())
                if (IsOurs(membership) && !wanted.Contains((membership.Reference("consumer")!.Value, membership.Reference("consumer_group")!.Value)))
                    draft.Delete(workspace, ControlKinds.Memberships, membership.Id.ToString());
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

        void Join(ControlKind kind, Node reference, string label, Action<Guid> found)
        {
            var text = reference switch
            {
                ScalarNode { Kind: ScalarKind.Text } scalar => scalar.Text,
                MapNode map => map.FindText("id") ?? map.FindText("name") ?? map.FindText(kind.NameField) ?? map.FindText("custom_id") ?? "",
                _ => "",
            };
            var entity = draft.Find(workspace, kind, text)
                ?? draft.All(workspace, kind).FirstOrDefault(each => kind == ControlKinds.Consumers && each.Text("custom_id") == text);
            if (entity is not null) found(entity.Id);
            else _refusals.Add(Refusal.Violation(kind.Singular, $"there is no {kind.Singular} '{text}'") with { Entity = label });
        }

        void DeleteRest()
        {
            foreach (var kind in ControlKinds.All.Reverse().Where(kind => kind.Config is not null && !IsSkipped(kind)))
            {
                foreach (var entity in draft.All(workspace, kind).ToList())
                {
                    if (_kept.Contains((kind, entity.Id)) || !IsSelected(entity) || IsElsewhere(entity)) continue;
                    if (plan._options.SkipsConsumers && (entity.Text("consumer") ?? entity.Text("consumer_group")) is not null) continue;
                    if (draft.Delete(workspace, kind, entity.Id.ToString()) is { } refused)
                        _refusals.Add(refused with { Entity = $"{kind.Singular} '{entity.Name ?? entity.Id.ToString()}'" });
                }
            }
        }

        bool IsSelected(Stored entity) => plan._tags.Count == 0 || !plan._tags.Except(entity.Tags()).Any();

        /// <summary>What the file only looks up is another file's.</summary>
        bool IsElsewhere(Stored entity) =>
            plan._header.LookupTags.TryGetValue(entity.Kind.Name, out var tags) && !tags.Except(entity.Tags()).Any();
    }
}
