using System.Globalization;
using Weir.Config;

namespace Weir.Control;

/// <summary>Makes nodes, and trees of them anew.</summary>
static class Tree
{
    /// <summary>Where a node stands that no file has.</summary>
    public static readonly Place Made = new("", 0, 0);

    public static ScalarNode Text(string text) => new(Made, ScalarKind.Text, text);

    public static ScalarNode Number(long value) => new(Made, ScalarKind.Integer, value.ToString(CultureInfo.InvariantCulture));

    public static ScalarNode Flag(bool value) => new(Made, ScalarKind.Boolean, value ? "true" : "false");

    public static ListNode List(params IEnumerable<Node> items) => new(Made, [.. items]);

    public static ListNode Texts(IEnumerable<string> texts) => new(Made, [.. texts.Select(Text)]);

    /// <summary>A map; entries without a value are left out.</summary>
    public static MapNode Map(params IEnumerable<(string Key, Node? Value)> entries) =>
        new(Made, [.. entries.Where(static entry => entry.Value is not null).Select(static entry => new MapEntry(entry.Key, Made, entry.Value!))]);

    /// <summary>The maps of a list; other items are passed over.</summary>
    public static IEnumerable<MapNode> Maps(this Node? list) => list is ListNode { Items: var items } ? items.OfType<MapNode>() : [];

    /// <summary>The texts of a list; other items are passed over.</summary>
    public static IEnumerable<string> Strings(this Node? list) => list is ListNode { Items: var items }
        ? items.OfType<ScalarNode>().Where(static item => item.Kind == ScalarKind.Text).Select(static item => item.Text)
        : [];

    /// <summary>Text, or number or boolean as it was written; null when it is none of them.</summary>
    public static string? Scalar(this Node? node) => node is ScalarNode { Kind: not ScalarKind.Null } scalar ? scalar.Text : null;

    public static bool IsNull(this Node? node) => node is null or ScalarNode { Kind: ScalarKind.Null };

    public static bool IsTrue(this Node? node) => node is ScalarNode { Kind: ScalarKind.Boolean, Text: "true" };

    /// <summary>The same tree in which no node stands twice, so that a node can be told by its reference: YAML's aliases share them.</summary>
    public static Node Unshared(Node node) => node switch
    {
        MapNode map => new MapNode(map.Place, [.. map.Entries.Select(static entry => entry with { Value = Unshared(entry.Value) })]),
        ListNode list => new ListNode(list.Place, [.. list.Items.Select(Unshared)]),
        ScalarNode scalar => new ScalarNode(scalar.Place, scalar.Kind, scalar.Text, scalar.Plain),
        _ => node,
    };

    /// <summary>The tree with some of its nodes changed, inner ones before those that they stand in.</summary>
    public static Node Changed(Node node, ISet<Node> chosen, Func<Node, Node> change)
    {
        Node made = node switch
        {
            MapNode map => new MapNode(map.Place, [.. map.Entries.Select(entry => entry with { Value = Changed(entry.Value, chosen, change) })]),
            ListNode list => new ListNode(list.Place, [.. list.Items.Select(item => Changed(item, chosen, change))]),
            _ => node,
        };
        return chosen.Contains(node) ? change(made) : made;
    }

    /// <summary>Whether two trees are the same data: the order of keys does not matter, and 1 is 1.0.</summary>
    public static bool SameData(Node a, Node b) => (a, b) switch
    {
        (MapNode x, MapNode y) => x.Entries.Count == y.Entries.Count
            && x.Entries.All(entry => y.Find(entry.Key) is { } other && SameData(entry.Value, other)),
        (ListNode x, ListNode y) => x.Items.Count == y.Items.Count && x.Items.Zip(y.Items).All(static pair => SameData(pair.First, pair.Second)),
        (ScalarNode x, ScalarNode y) => SameScalar(x, y),
        _ => false,
    };

    static bool SameScalar(ScalarNode a, ScalarNode b)
    {
        if (a.Kind is ScalarKind.Integer or ScalarKind.Number && b.Kind is ScalarKind.Integer or ScalarKind.Number)
        {
            if (Scalars.TryInteger(a.Text, out var left) && Scalars.TryInteger(b.Text, out var right)) return left == right;
            return Scalars.TryNumber(a.Text, out var x) && Scalars.TryNumber(b.Text, out var y) && x.Equals(y);
        }
        return a.Kind == b.Kind && (a.Kind == ScalarKind.Null || a.Text == b.Text);
    }
}
