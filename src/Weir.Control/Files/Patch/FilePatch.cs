using Weir.Config;

namespace Weir.Control;

/// <summary>One patch: what is set in the maps that its selectors choose, what is appended to the lists, and which fields are removed.</summary>
sealed record FilePatch(SelectorSet Selectors, MapNode? Set, IReadOnlyList<Node> Append, IReadOnlyList<string> Remove)
{
    static readonly string[] Known = ["selectors", "values", "remove"];

    public MapNode Apply(MapNode root)
    {
        var chosen = Selectors.Select(root);
        return (MapNode)Tree.Changed(root, chosen, node => node switch
        {
            MapNode map => Change(map),
            ListNode list when Append.Count > 0 => new ListNode(list.Place, [.. list.Items, .. Append.Select(Tree.Unshared)]),
            _ => node,
        });
    }

    MapNode Change(MapNode map)
    {
        foreach (var entry in Set?.Entries ?? []) map = map.With(entry.Key, Tree.Unshared(entry.Value));
        return map.Without([.. Remove]);
    }

    /// <summary>The patches of a file: <c>patches: [{selectors, values, remove}]</c>.</summary>
    public static IReadOnlyList<FilePatch> ReadFile(FileSource file, Report report)
    {
        if (file.ReadMap(report) is not { } root) return [];
        FormatVersion.CheckOfTool(root, report);
        var patches = new MapReader(root, report, "patches").RefuseUnknown().Maps("patches");
        return [.. patches.Select(map => Read(map, report)).OfType<FilePatch>()];
    }

    static FilePatch? Read(MapNode map, Report report)
    {
        var reader = new MapReader(map, report, Known).RefuseUnknown();
        var selectors = reader.Selectors("selectors", "$");
        var values = map.Find("values");
        if (values is not (null or MapNode or ListNode or ScalarNode { Kind: ScalarKind.Null }))
            report.Error(values.Place, "", "values", $"a map, or a list to append to lists, is expected, found {values.Describe()}");
        var remove = reader.Texts("remove") ?? [];
        foreach (var field in remove)
            if ((values as MapNode)?.Find(field) is not null)
                report.Error(map.Find("remove")!.Place, "", "remove", $"'{field}' is changed and removed at the same time");
        return selectors is null ? null : new FilePatch(selectors, values as MapNode, (values as ListNode)?.Items ?? [], remove);
    }

    /// <summary>
    /// The patch of <c>--value</c> flags: <c>key:json</c> sets, <c>key:</c> removes, a list of JSON is appended to lists.
    /// </summary>
    public static FilePatch? OfFlags(IReadOnlyList<string> selectors, IReadOnlyList<string> values, Report report)
    {
        var place = new Place("--value", 0, 0);
        var set = new List<MapEntry>();
        var append = new List<Node>();
        var remove = new List<string>();
        foreach (var value in values)
        {
            var colon = value.IndexOf(':', StringComparison.Ordinal);
            var isList = value.TrimStart().StartsWith('[');
            if (!isList && colon < 1)
            {
                report.Error(place, $"'key:json' or a list of JSON is expected, found '{value}'");
                continue;
            }
            var json = isList ? value : value[(colon + 1)..];
            if (json.Length == 0) remove.Add(value[..colon]);
            else if (Parse(json) is not { } node)
                report.Error(place, $"'{json}' in '{value}' is not JSON; a text needs quotes of its own, as in 'name:\"orders\"'");
            else if (isList) append.AddRange(((ListNode)node).Items);
            else set.Add(new MapEntry(value[..colon], place, node));
        }
        if (SelectorSet.TryParse(selectors, out var chosen, out var problems))
            return report.Errors > 0 ? null : new FilePatch(chosen, new MapNode(place, [.. set.DistinctBy(static entry => entry.Key)]), append, remove);
        foreach (var problem in problems) report.Error(new Place("--selector", 0, 0), problem);
        return null;
    }

    static Node? Parse(string json)
    {
        var own = new Report(1);
        var node = JsonText.Read("--value", json, new ReadLimits(), own);
        return own.Errors == 0 ? node : null;
    }
}
