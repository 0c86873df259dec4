using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Weir.Config;

namespace Weir.Control;

/// <summary>Many changes that are to take effect together.</summary>
sealed class TransactionRequest
{
    /// <summary>Most changes of one transaction.</summary>
    public const int ChangesMax = 100_000;

    static readonly string[] Fields = ["changes", "dry_run", "expected_revision", "reason", "plan_hash", "skip_hash_for_basic_auth"];
    static readonly string[] FieldsOfChange = ["workspace", "op", "kind", "id", "name", "entity"];
    static readonly string[] Operations = ["create", "upsert", "update", "delete"];

    readonly List<Wanted> _changes = [];

    sealed record Wanted(string Workspace, string Op, ControlKind Kind, string? Id, string? Name, MapNode Entity);

    public bool IsDryRun { get; private set; }

    public bool PasswordsAreHashed { get; private set; }

    public long? ExpectedRevision { get; private set; }

    public string? Reason { get; private set; }

    /// <summary>The plan that somebody has seen and agreed to; null for any.</summary>
    public string? PlanHash { get; private set; }

    /// <summary>What is asked for, or everything that is wrong with it.</summary>
    /// <param name="node">A list of changes, or a record with them.</param>
    /// <param name="workspace">The workspace of changes that name none.</param>
    public static (TransactionRequest? Request, IReadOnlyList<Refusal> Refusals) Read(Node node, string workspace)
    {
        var request = new TransactionRequest();
        List<(string Field, string Message)> problems = [];
        if (node is MapNode record) request.ReadOptions(record, problems);
        var list = node as ListNode ?? (node as MapNode)?.Find("changes") as ListNode;
        if (list is null) problems.Add(("changes", "expected an array"));
        else if (list.Items.Count > ChangesMax) problems.Add(("changes", $"length must be at most {ChangesMax}"));
        List<Refusal> refusals = problems.Count > 0 ? [Refusal.Violation(problems)] : [];
        if (list is null || refusals.Count > 0) return (null, refusals);
        for (var i = 0; i < list.Items.Count; i++)
        {
            List<(string Field, string Message)> ofChange = [];
            if (ReadChange(list.Items[i], workspace, ofChange) is { } wanted) request._changes.Add(wanted);
            if (ofChange.Count > 0) refusals.Add(Refusal.Violation(ofChange) with { Entity = Label(i) });
        }
        return (refusals.Count == 0 ? request : null, refusals);
    }

    /// <summary>Says the changes to a draft; everything that cannot be done is returned, not only the first.</summary>
    public IReadOnlyList<Refusal> Apply(Draft draft)
    {
        List<Refusal> refusals = [];
        for (var i = 0; i < _changes.Count; i++)
            if (Apply(draft, _changes[i]) is { } refused)
                refusals.Add(refused with { Entity = Label(i) });
        return refusals;
    }

    /// <summary>What tells this plan from others: the changes asked for and everything that they take the place of.</summary>
    public string HashOf(IReadOnlyList<Change> changes)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var wanted in _changes)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{wanted.Workspace}\n{wanted.Op}\n{wanted.Kind}\n{wanted.Id}\n{wanted.Name}\n"));
            hash.AppendData(NodeJson.Bytes(wanted.Entity));
        }
        var ordered = changes.OrderBy(static change => change.Workspace).ThenBy(static change => change.Kind.Name, StringComparer.Ordinal);
        foreach (var change in ordered.ThenBy(static change => change.Id))
        {
            // What is new has no id before it is there.
            if (change.Before is not { } before) continue;
            hash.AppendData(Encoding.UTF8.GetBytes($"{change.Workspace}\n{change.Kind}\n{change.Id}\n{(change.After is null ? "gone" : "there")}\n"));
            hash.AppendData(before.Span);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    static string Label(int index) => string.Create(CultureInfo.InvariantCulture, $"changes[{index}]");

    void ReadOptions(MapNode record, List<(string Field, string Message)> problems)
    {
        foreach (var entry in record.Entries)
            if (!Fields.Contains(entry.Key))
                problems.Add((entry.Key, "unknown field" + Suggestion.For(entry.Key, Fields)));
        IsDryRun = Flag(record, "dry_run", problems);
        PasswordsAreHashed = Flag(record, "skip_hash_for_basic_auth", problems);
        Reason = Text(record, "reason", problems);
        PlanHash = Text(record, "plan_hash", problems);
        if (record.Find("expected_revision") is not { } revision || revision is ScalarNode { Kind: ScalarKind.Null }) return;
        if (revision is ScalarNode { Kind: ScalarKind.Integer } number && Scalars.TryInteger(number.Text, out var expected)) ExpectedRevision = expected;
        else problems.Add(("expected_revision", "expected an integer"));
    }

    static Wanted? ReadChange(Node node, string workspace, List<(string Field, string Message)> problems)
    {
        if (node is not MapNode change)
        {
            problems.Add(("", "expected a record"));
            return null;
        }
        foreach (var entry in change.Entries)
            if (!FieldsOfChange.Contains(entry.Key))
                problems.Add((entry.Key, "unknown field" + Suggestion.For(entry.Key, FieldsOfChange)));
        var op = Text(change, "op", problems) ?? "";
        if (!Operations.Contains(op)) problems.Add(("op", "expected one of: " + string.Join(", ", Operations)));
        var name = Text(change, "kind", problems) ?? "";
        var kind = ControlKinds.Named(name) ?? ControlKinds.AtPath(name);
        if (kind is null) problems.Add(("kind", $"there is no kind '{name}'{Suggestion.For(name, ControlKinds.All.Select(static each => each.Name))}"));
        else if (kind.IsKept) problems.Add(("kind", $"{kind} change through paths of their own only"));
        var (id, named) = (Text(change, "id", problems), Text(change, "name", problems));
        if (op is "update" or "delete" && id is null && named is null) problems.Add(("id", "an id or a name is needed"));
        var entity = change.Find("entity");
        if (op is "create" or "upsert" or "update" && entity is not MapNode) problems.Add(("entity", "expected a record"));
        if (problems.Count > 0) return null;
        var body = entity as MapNode ?? new MapNode(default, []);
        return new Wanted(Text(change, "workspace", problems) ?? workspace, op, kind!, id, named, body);
    }

    static Refusal? Apply(Draft draft, Wanted wanted)
    {
        // A workspace may be made by an earlier change of the same transaction.
        if (draft.Find(ControlState.Root, ControlKinds.Workspaces, wanted.Workspace) is not { } workspace)
            return Refusal.Violation("workspace", $"there is no workspace '{wanted.Workspace}'");
        var room = wanted.Kind.RoomIn(workspace.Id);
        var body = wanted.Entity;
        if (wanted.Op == "create")
        {
            if (wanted.Id is not null) body = Nodes.Default(body, "id", wanted.Id);
            if (wanted.Name is not null && wanted.Kind.NameField.Length > 0) body = Nodes.Default(body, wanted.Kind.NameField, wanted.Name);
            return EntityChanges.Insert(draft, room, wanted.Kind, body, out _);
        }
        var target = wanted.Id ?? wanted.Name ?? draft.Matching(room, wanted.Kind, body)?.Id.ToString();
        return wanted.Op switch
        {
            "update" => EntityChanges.Patch(draft, room, wanted.Kind, target!, body, out _),
            "delete" => draft.Delete(room, wanted.Kind, target!),
            _ when target is null => EntityChanges.Insert(draft, room, wanted.Kind, body, out _),
            _ => EntityChanges.Put(draft, room, wanted.Kind, target, body, out _),
        };
    }

    static bool Flag(MapNode record, string field, List<(string Field, string Message)> problems)
    {
        if (record.Find(field) is not { } node || node is ScalarNode { Kind: ScalarKind.Null }) return false;
        if (node is ScalarNode { Kind: ScalarKind.Boolean } flag) return flag.Text == "true";
        problems.Add((field, "expected a boolean"));
        return false;
    }

    static string? Text(MapNode record, string field, List<(string Field, string Message)> problems)
    {
        if (record.Find(field) is not { } node || node is ScalarNode { Kind: ScalarKind.Null }) return null;
        if (node is ScalarNode { Kind: ScalarKind.Text } text) return text.Text;
        problems.Add((field, "expected a string"));
        return null;
    }
}
