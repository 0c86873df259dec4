using System.Globalization;
using Weir.Config;

namespace Weir.Control;

/// <summary>
/// Wanted changes on top of a state. Each is refused at once when it cannot be said in this state (no such entity, no such target of a reference);
/// <see cref="DraftCheck"/> then judges all of them together. The state itself is never touched.
/// </summary>
sealed class Draft(ControlState state, ControlParts parts) : IEntities
{
    readonly ControlState.Editor _editor = state.Edit();
    readonly Dictionary<(Guid Workspace, ControlKind Kind, Guid Id), Stored?> _wanted = [];

    /// <summary>The state that the changes are on top of.</summary>
    public ControlState State => state;

    /// <summary>What entities are judged by.</summary>
    public ControlParts Parts => parts;

    /// <summary>Who wants them.</summary>
    public Author Author { get; init; } = new("");

    /// <summary>Passwords of basic-auth are given as they are kept, hashed.</summary>
    public bool PasswordsAreHashed { get; init; }

    /// <summary>What was asked for, last word per entity; null for a deletion.</summary>
    public IReadOnlyDictionary<(Guid Workspace, ControlKind Kind, Guid Id), Stored?> Wanted => _wanted;

    /// <summary>The entity as it would be.</summary>
    public Stored? Find(Guid workspace, ControlKind kind, string idOrName) => Seen(_editor.Table(workspace, kind).Find(idOrName), workspace);

    /// <summary>Entities as they would be.</summary>
    public IEnumerable<Stored> All(Guid workspace, ControlKind kind) => _editor.Table(workspace, kind).All;

    /// <summary>Entities that would refer to a target by one of their kind's references.</summary>
    public IReadOnlyList<Stored> Referring(Guid workspace, ControlKind kind, int reference, Guid target) =>
        _editor.Table(workspace, kind).Referring(reference, target);

    /// <summary>The entity that has the values of a unique key which these fields have; null when there is none.</summary>
    public Stored? Matching(Guid workspace, ControlKind kind, MapNode fields)
    {
        Refusal? refused = null;
        fields = Named(kind, fields);
        foreach (var reference in kind.References) fields = Resolve(workspace, reference, fields, [], ref refused);
        if (refused is not null) return null;
        var probe = new Stored(kind, default, NodeJson.Bytes(fields), 0);
        for (var i = 0; i < kind.Unique.Count; i++)
            if (probe.KeyOf(kind.Unique[i]) is { } value && Seen(_editor.Table(workspace, kind).Find(i, value), workspace) is { } found)
                return found;
        return null;
    }

    /// <summary>A workspace that the author does not see is none, and what belongs to it neither.</summary>
    Stored? Seen(Stored? entity, Guid room) => entity is null || !AccessScope.IsByEntity(entity.Kind) || Author.Rights.MayRead(entity, room) ? entity : null;

    /// <summary>Adds an entity.</summary>
    /// <param name="workspace">Where.</param>
    /// <param name="kind">What.</param>
    /// <param name="body">Its fields.</param>
    /// <param name="id">Its id.</param>
    public Refusal? Insert(Guid workspace, ControlKind kind, MapNode body, out Guid id)
    {
        id = default;
        if (body.FindText("id") is { } given)
        {
            if (!TextFormats.IsUuid(given)) return Refusal.Violation("id", "expected a valid UUID");
            if (Find(workspace, kind, given) is { } taken) return Refusal.TakenId(taken.Id);
        }
        id = body.FindText("id") is { } text ? Guid.ParseExact(text, "D") : parts.NewId();
        return Write(workspace, kind, id, null, Generated.Fill(kind, body, null), body);
    }

    /// <summary>Puts an entity in the place of another, whole; adds it where there is none.</summary>
    public Refusal? Put(Guid workspace, ControlKind kind, string idOrName, MapNode body, out Guid id)
    {
        var before = Find(workspace, kind, idOrName);
        id = before?.Id ?? default;
        if (before is null)
        {
            var isId = TextFormats.IsUuid(idOrName);
            if (!isId && kind.NameField.Length == 0) return new Refusal(400, 1, "invalid primary key", $"invalid primary key: '{{id=\"{idOrName}\"}}'");
            return Insert(workspace, kind, isId ? Nodes.With(body, "id", idOrName) : Nodes.Default(body, kind.NameField, idOrName), out id);
        }
        // What stood in the path stands in the body too where the body is silent.
        var whole = kind.NameField.Length > 0 && before.Id.ToString() != idOrName ? Nodes.Default(body, kind.NameField, idOrName) : body;
        return Write(workspace, kind, before.Id, before, Generated.Fill(kind, whole, before), body);
    }

    /// <summary>Changes some fields of an entity: records are merged, everything else is replaced.</summary>
    public Refusal? Patch(Guid workspace, ControlKind kind, string idOrName, MapNode body, out Guid id)
    {
        var before = Find(workspace, kind, idOrName);
        id = before?.Id ?? default;
        if (before is null) return Refusal.NotFound;
        return Write(workspace, kind, before.Id, before, Merge.Over(kind, body, Nodes.Read(before), parts.Read), body);
    }

    /// <summary>Deletes an entity and what hangs on it. Nothing happens when there is none.</summary>
    public Refusal? Delete(Guid workspace, ControlKind kind, string idOrName)
    {
        return Find(workspace, kind, idOrName) is { } entity ? Remove(workspace, entity) : null;
    }

    Refusal? Remove(Guid workspace, Stored entity)
    {
        var kind = entity.Kind;
        if (kind == ControlKinds.Workspaces && WorkspaceProblem(entity) is { } kept) return kept;
        foreach (var (child, key) in ControlKinds.ReferringTo(kind))
        {
            foreach (var referring in _editor.Table(workspace, child).Referring(key, entity.Id))
            {
                if (child.References[key].OnDelete == OnDelete.Refuse) return Refusal.Referenced(kind, child);
                if (Remove(workspace, referring) is { } refused) return refused;
            }
        }
        _editor.Table(workspace, kind).Remove(entity);
        _wanted[(workspace, kind, entity.Id)] = null;
        return null;
    }

    /// <summary>With the name in the form in which it is kept.</summary>
    static MapNode Named(ControlKind kind, MapNode node) =>
        kind == ControlKinds.Targets && node.FindText("target") is { } target && TargetChecks.Normalize(target) is { } normal
            ? Nodes.With(node, "target", normal) : node;

    Refusal? WorkspaceProblem(Stored workspace)
    {
        if (workspace.Id == ControlState.DefaultWorkspace) return new Refusal(400, 0, "", "the workspace 'default' cannot be deleted");
        foreach (var kind in ControlKinds.All)
            if (_editor.Table(workspace.Id, kind).All.Any())
                return new Refusal(400, 0, "", $"Workspace is not empty: it has {kind.Name}");
        return null;
    }

    Refusal? Write(Guid workspace, ControlKind kind, Guid id, Stored? before, MapNode node, MapNode body)
    {
        List<(string Field, string Message)> problems = [];
        Refusal? refused = null;
        node = Named(kind, node);
        foreach (var reference in kind.References)
            node = Resolve(workspace, reference, node, problems, ref refused);
        if (kind == ControlKinds.Plugins && node.Find("partials") is ListNode links) node = node.With("partials", ById(workspace, links));
        if (refused is not null) return refused;
        if (problems.Count > 0) return Refusal.Violation(problems);
        if (kind == ControlKinds.BasicAuthCredentials && !PasswordsAreHashed && body.FindText("password") is { } password && !VaultReference.Looks(password))
            node = Nodes.With(node, "password", Generated.Hash(password, (node.Find("consumer") as MapNode)?.FindText("id") ?? ""));
        var now = parts.Time.GetUtcNow();
        node = Nodes.With(node, "id", id.ToString());
        node = node.Find("created_at") is null or ScalarNode { Kind: ScalarKind.Null }
            ? Nodes.With(node, "created_at", before is null ? Seconds(kind, now) : Nodes.Read(before).Find("created_at")!) : node;
        node = Nodes.With(node, "updated_at", Seconds(kind, now));
        if (kind.Config is null) node = OwnKinds.Complete(kind, node, parts.Check, problems);
        if (problems.Count > 0) return Refusal.Violation(problems);
        var wanted = new Stored(kind, id, NodeJson.Bytes(node), state.Revision + 1);
        _editor.Table(workspace, kind).Put(wanted);
        _wanted[(workspace, kind, id)] = wanted;
        return null;
    }

    /// <summary>Links of a plugin to partials are kept by id, as references are.</summary>
    ListNode ById(Guid workspace, ListNode links) => new(links.Place, [.. links.Items.Select(link =>
    {
        var name = link is MapNode map ? map.FindText("id") ?? map.FindText("name") : (link as ScalarNode)?.Text;
        if (name is null || Find(workspace, ControlKinds.Partials, name) is not { } partial) return link;
        return (link as MapNode ?? new MapNode(link.Place, [])).Without("name").With("id", new ScalarNode(link.Place, ScalarKind.Text, partial.Id.ToString()));
    })]);

    MapNode Resolve(Guid workspace, ForeignKey reference, MapNode node, List<(string, string)> problems, ref Refusal? refused)
    {
        var (field, target) = (reference.Field, reference.Target);
        switch (node.Find(field))
        {
            case null or ScalarNode { Kind: ScalarKind.Null }:
                if (reference.IsRequired) problems.Add((field, "required field missing"));
                return node;
            case ScalarNode { Kind: ScalarKind.Text } text:
                return Found(Find(workspace, target, text.Text), text.Text, ref refused);
            case MapNode map when map.FindText("id") is { } id:
                return Found(TextFormats.IsUuid(id) ? Find(workspace, target, id) : null, id, ref refused);
            case MapNode map when target.NameField.Length > 0 && (map.FindText("name") ?? map.FindText(target.NameField)) is { } name:
                if (Find(workspace, target, name) is { } named) return Nodes.With(node, field, Nodes.Reference(named.Id));
                refused ??= Refusal.Unresolved(field, target, target.NameField, name);
                return node;
            case var other:
                problems.Add((field, other is MapNode ? "missing primary key" : "expected a record"));
                return node;
        }

        MapNode Found(Stored? found, string id, ref Refusal? refusal)
        {
            if (found is not null) return Nodes.With(node, field, Nodes.Reference(found.Id));
            refusal ??= Refusal.NoTarget(field, target, id);
            return node;
        }
    }

    /// <summary>Kong counts whole seconds, of targets milliseconds too.</summary>
    static ScalarNode Seconds(ControlKind kind, DateTimeOffset at) => kind == ControlKinds.Targets
        ? new ScalarNode(default, ScalarKind.Number, (at.ToUnixTimeMilliseconds() / 1000m).ToString("0.000", CultureInfo.InvariantCulture))
        : new ScalarNode(default, ScalarKind.Integer, at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
}
