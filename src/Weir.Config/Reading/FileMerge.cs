namespace Weir.Config;

/// <summary>Makes one document of several files: lists are appended, maps merged, and what the files say about themselves must agree.</summary>
static class FileMerge
{
    static readonly IReadOnlyList<string> MustAgree = ["_workspace", "_konnect", "_format_version", "_transform"];

    public static MapNode Merge(MapNode first, MapNode second, Report report)
    {
        var entries = new List<MapEntry>(first.Entries);
        foreach (var entry in second.Entries)
        {
            var at = entries.FindIndex(each => each.Key == entry.Key);
            if (at < 0)
                entries.Add(entry);
            else if (MustAgree.Contains(entry.Key))
                CheckAgreement(entries[at], entry, report);
            else
                entries[at] = entries[at] with { Value = Merge(entries[at].Value, entry.Value, report) };
        }
        return new MapNode(first.Place, entries);
    }

    static void CheckAgreement(MapEntry first, MapEntry second, Report report)
    {
        if (!NodeJson.Bytes(first.Value).AsSpan().SequenceEqual(NodeJson.Bytes(second.Value)))
            report.Error(second.Value.Place, "", second.Key, $"differs from {first.Value.Place}: all files of a document must agree on it");
    }

    static Node Merge(Node first, Node second, Report report) => (first, second) switch
    {
        (ListNode a, ListNode b) => new ListNode(a.Place, [.. a.Items, .. b.Items]),
        (MapNode a, MapNode b) => Merge(a, b, report),
        (ScalarNode { Kind: ScalarKind.Null }, _) => second,
        _ => first,
    };
}
