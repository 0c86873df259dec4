namespace Weir.Config;

/// <summary>Puts maps together from nodes of a file; what is made up stands at the place of what it was made for.</summary>
sealed class MapMaker(Place place)
{
    readonly List<MapEntry> _entries = [];

    public bool IsEmpty => _entries.Count == 0;

    /// <summary>Adds what the file says; what it leaves out, or sets to null, stays out.</summary>
    public MapMaker Add(string key, Node? value)
    {
        if (value is not (null or ScalarNode { Kind: ScalarKind.Null })) _entries.Add(new MapEntry(key, value.Place, value));
        return this;
    }

    public MapMaker Add(string key, string? text) => Add(key, text is null ? null : Text(place, text));

    public MapMaker Add(string key, bool flag) => Add(key, new ScalarNode(place, ScalarKind.Boolean, flag ? "true" : "false"));

    public MapMaker Add(string key, IEnumerable<string> texts) => Add(key, new ListNode(place, [.. texts.Select(text => Text(place, text))]));

    public MapNode ToNode() => new(place, [.. _entries]);

    /// <summary>The map, or null when nothing is in it.</summary>
    public MapNode? ToNodeIfAny() => IsEmpty ? null : ToNode();

    public static ScalarNode Text(Place place, string text) => new(place, ScalarKind.Text, text);
}

/// <summary>Looks into nodes whose form is not known yet: what has another form than is asked for is not there. Somebody else reports it.</summary>
static class NodeLook
{
    public static MapNode? Map(this MapNode? node, string key) => node?.Find(key) as MapNode;

    public static Node? At(this MapNode? node, string key) => node?.Find(key);

    public static IReadOnlyList<Node> List(this MapNode? node, string key) => (node?.Find(key) as ListNode)?.Items ?? [];

    public static IEnumerable<MapNode> Maps(this MapNode? node, string key) => node.List(key).OfType<MapNode>();

    public static IReadOnlyList<string> Texts(this MapNode? node, string key) =>
        [.. node.List(key).OfType<ScalarNode>().Where(static item => item.Kind == ScalarKind.Text).Select(static item => item.Text)];

    public static bool? Flag(this MapNode? node, string key) =>
        node?.Find(key) is ScalarNode { Kind: ScalarKind.Boolean } flag ? flag.Text == "true" : null;
}
