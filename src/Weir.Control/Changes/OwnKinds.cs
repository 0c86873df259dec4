using System.Collections.Frozen;
using Weir.Config;

namespace Weir.Control;

/// <summary>The form of entities that no document has: workspaces and memberships.</summary>
static class OwnKinds
{
    static readonly string[] OfAll = ["id", "created_at", "updated_at", "tags"];

    static readonly Dictionary<ControlKind, string[]> Fields = new()
    {
        [ControlKinds.Workspaces] = ["name", "comment", "meta", "config"],
        [ControlKinds.Memberships] = ["consumer", "consumer_group"],
    };

    static readonly string[] OtherPaths =
    [
        "blame", "cache", "clustering", "config", "debug", "diff", "endpoints", "journal", "kong", "openapi.json", "revisions", "rollback", "schemas", "status",
        "tags", "targets", "timers", "transactions", "userinfo", "auth",
    ];

    /// <summary>What paths of the Admin API start with: no workspace can have such a name, or its own paths could not be told from them.</summary>
    public static FrozenSet<string> ReservedNames { get; } =
        ControlKinds.All.Select(static kind => kind.Path).Where(static path => path.Length > 0).Concat(OtherPaths).ToFrozenSet();

    /// <summary>The entity with all its fields, in one order.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="body">What the author says.</param>
    /// <param name="problems">Gets what is wrong.</param>
    public static MapNode Complete(ControlKind kind, MapNode body, List<(string Field, string Message)> problems)
    {
        var fields = Fields[kind];
        foreach (var entry in body.Entries)
            if (!fields.Contains(entry.Key) && !OfAll.Contains(entry.Key))
                problems.Add((entry.Key, "unknown field"));
        if (kind == ControlKinds.Workspaces) CheckWorkspace(body, problems);
        CheckTags(body, problems);
        List<MapEntry> entries = [.. fields.Append("tags").Select(field => new MapEntry(field, default, body.Find(field) ?? Null))];
        entries.AddRange(body.Entries.Where(static entry => entry.Key is "id" or "created_at" or "updated_at"));
        return new MapNode(body.Place, entries);
    }

    static void CheckWorkspace(MapNode body, List<(string Field, string Message)> problems)
    {
        switch (body.Find("name"))
        {
            case null or ScalarNode { Kind: ScalarKind.Null }:
                problems.Add(("name", "required field missing"));
                break;
            case ScalarNode { Kind: ScalarKind.Text } name:
                if (name.Text.Length == 0) problems.Add(("name", "length must be at least 1"));
                else if (TextFormats.Problem(TextFormat.Name, name.Text, quote: true) is { } problem) problems.Add(("name", problem));
                else if (ReservedNames.Contains(name.Text)) problems.Add(("name", "must not be equal to a path of the Admin API"));
                break;
            default:
                problems.Add(("name", "expected a string"));
                break;
        }
        if (body.Find("comment") is not (null or ScalarNode { Kind: ScalarKind.Null or ScalarKind.Text })) problems.Add(("comment", "expected a string"));
        foreach (var field in (ReadOnlySpan<string>)["meta", "config"])
            if (body.Find(field) is not (null or ScalarNode { Kind: ScalarKind.Null } or MapNode))
                problems.Add((field, "expected a record"));
    }

    static void CheckTags(MapNode body, List<(string Field, string Message)> problems)
    {
        switch (body.Find("tags"))
        {
            case null or ScalarNode { Kind: ScalarKind.Null }:
                return;
            case ListNode list:
                for (var i = 0; i < list.Items.Count; i++)
                    if (list.Items[i] is not ScalarNode { Kind: ScalarKind.Text } tag) problems.Add(($"tags[{i}]", "expected a string"));
                    else if (TextFormats.Problem(TextFormat.Tag, tag.Text, quote: true) is { } problem) problems.Add(($"tags[{i}]", problem));
                return;
            default:
                problems.Add(("tags", "expected a set"));
                return;
        }
    }

    static ScalarNode Null { get; } = new(default, ScalarKind.Null, "null");
}
