using Weir.Config;

namespace Weir.Control;

/// <summary>Reads the fields of a map in a file that says what a tool has to do; whatever does not fit is reported, unknown fields too.</summary>
sealed class MapReader(MapNode map, Report report, params string[] known)
{
    /// <summary>Reports fields that nobody knows: a misspelt one would silently do nothing.</summary>
    public MapReader RefuseUnknown()
    {
        foreach (var entry in map.Entries)
            if (!known.Contains(entry.Key) && !entry.Key.StartsWith('_'))
                report.Error(entry.KeyPlace, "", entry.Key, $"unknown field; known are {string.Join(", ", known)}");
        return this;
    }

    public IReadOnlyList<string>? Texts(string field)
    {
        if (map.Find(field) is not { } node || node.IsNull()) return null;
        if (node is ListNode list && list.Items.All(static item => item is ScalarNode { Kind: ScalarKind.Text })) return [.. list.Strings()];
        report.Error(node.Place, "", field, $"a list of texts is expected, found {node.Describe()}");
        return null;
    }

    public bool Flag(string field)
    {
        var node = map.Find(field);
        if (!node.IsNull() && node is not ScalarNode { Kind: ScalarKind.Boolean })
            report.Error(node!.Place, "", field, $"true or false is expected, found {node.Describe()}");
        return node.IsTrue();
    }

    public MapNode? Map(string field)
    {
        if (map.Find(field) is not { } node || node.IsNull()) return null;
        if (node is MapNode inner) return inner;
        report.Error(node.Place, "", field, $"a map is expected, found {node.Describe()}");
        return null;
    }

    public IReadOnlyList<MapNode> Maps(string field)
    {
        if (map.Find(field) is not { } node || node.IsNull()) return [];
        if (node is not ListNode list)
        {
            report.Error(node.Place, "", field, $"a list of maps is expected, found {node.Describe()}");
            return [];
        }
        foreach (var item in list.Items)
            if (item is not MapNode)
                report.Error(item.Place, "", field, $"a map is expected, found {item.Describe()}");
        return [.. list.Items.OfType<MapNode>()];
    }

    /// <summary>The selectors of a field; those of <paramref name="otherwise"/> when there are none.</summary>
    public SelectorSet? Selectors(string field, params string[] otherwise)
    {
        var sources = Texts(field) ?? otherwise;
        if (SelectorSet.TryParse(sources, out var set, out var problems)) return set;
        foreach (var problem in problems) report.Error(map.Find(field)!.Place, "", field, problem);
        return null;
    }
}
