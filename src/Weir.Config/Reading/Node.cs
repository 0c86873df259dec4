namespace Weir.Config;

/// <summary>A piece of a file as it was written, before anything is known about what it should be.</summary>
abstract class Node(Place place)
{
    public Place Place { get; } = place;

    /// <summary>Levels of lists and maps in it; what keeps aliases from nesting deeper than a file can.</summary>
    public virtual int Height => 0;

    /// <summary>What it is, for messages: <c>the text "abc"</c>, <c>a list</c>.</summary>
    public abstract string Describe();
}

/// <summary>The types that a plain scalar can have.</summary>
enum ScalarKind
{
    Null,
    Boolean,
    Integer,
    Number,
    Text,
}

/// <summary>Text, number, boolean or null.</summary>
sealed class ScalarNode(Place place, ScalarKind kind, string text, bool plain = false) : Node(place)
{
    const int ShownCharsMax = 40;

    public ScalarKind Kind { get; } = kind;

    /// <summary>The text as written, without quotes; of a boolean, <c>true</c> or <c>false</c>.</summary>
    public string Text { get; } = text;

    /// <summary>Written without quotes in YAML: <c>yes</c> and <c>on</c> count as booleans where a boolean is asked for.</summary>
    public bool Plain { get; } = plain;

    public override string Describe() => Kind switch
    {
        ScalarKind.Null => "null",
        ScalarKind.Boolean => "the boolean " + Text,
        ScalarKind.Integer or ScalarKind.Number => "the number " + Shown,
        _ => $"the text \"{Shown}\"",
    };

    string Shown => Text.Length <= ShownCharsMax ? Text : Text[..ShownCharsMax] + "…";
}

/// <summary>A list.</summary>
sealed class ListNode(Place place, IReadOnlyList<Node> items) : Node(place)
{
    public IReadOnlyList<Node> Items { get; } = items;

    public override int Height { get; } = 1 + HighestOf(items);

    static int HighestOf(IReadOnlyList<Node> items)
    {
        var highest = 0;
        foreach (var item in items)
            highest = Math.Max(highest, item.Height);
        return highest;
    }

    public override string Describe() => "a list";
}

/// <summary>A key with its value and the place of the key.</summary>
readonly record struct MapEntry(string Key, Place KeyPlace, Node Value);

/// <summary>Keys with values, in file order; no key twice.</summary>
sealed class MapNode(Place place, List<MapEntry> entries) : Node(place)
{
    /// <summary>Above this size a lookup goes through an index.</summary>
    const int LinearSearchMax = 24;

    Dictionary<string, Node>? _index;

    public IReadOnlyList<MapEntry> Entries => entries;

    public override int Height { get; } = 1 + HighestOf(entries);

    static int HighestOf(List<MapEntry> entries)
    {
        var highest = 0;
        foreach (var entry in entries)
            highest = Math.Max(highest, entry.Value.Height);
        return highest;
    }

    public Node? Find(string key)
    {
        if (entries.Count > LinearSearchMax)
        {
            _index ??= entries.ToDictionary(static entry => entry.Key, static entry => entry.Value, StringComparer.Ordinal);
            return _index.GetValueOrDefault(key);
        }
        foreach (var entry in entries)
            if (entry.Key == key)
                return entry.Value;
        return null;
    }

    /// <summary>The text of a field, or null when it is absent or not a text.</summary>
    public string? FindText(string key) => Find(key) is ScalarNode { Kind: ScalarKind.Text } scalar ? scalar.Text : null;

    /// <summary>The same map with this key set: replaced where it stands, or added at the end.</summary>
    public MapNode With(string key, Node value)
    {
        var copy = new List<MapEntry>(entries.Count + 1);
        var found = false;
        foreach (var entry in entries)
        {
            found |= entry.Key == key;
            copy.Add(entry.Key == key ? entry with { Value = value } : entry);
        }
        if (!found)
            copy.Add(new MapEntry(key, value.Place, value));
        return new MapNode(Place, copy);
    }

    /// <summary>The same map without these keys.</summary>
    public MapNode Without(params ReadOnlySpan<string> keys)
    {
        var copy = new List<MapEntry>(entries.Count);
        foreach (var entry in entries)
            if (!keys.Contains(entry.Key))
                copy.Add(entry);
        return copy.Count == entries.Count ? this : new MapNode(Place, copy);
    }

    /// <summary>This map over another: what both have as maps is merged, everything else is taken from this one.</summary>
    public MapNode Over(MapNode below)
    {
        var copy = new List<MapEntry>(entries.Count + below.Entries.Count);
        foreach (var entry in entries)
            copy.Add(entry.Value is MapNode map && below.Find(entry.Key) is MapNode other ? entry with { Value = map.Over(other) } : entry);
        foreach (var entry in below.Entries)
            if (Find(entry.Key) is null)
                copy.Add(entry);
        return new MapNode(Place, copy);
    }

    /// <summary>The node at a path of keys and indexes, or as much of it as exists.</summary>
    public Node Nearest(string path)
    {
        Node node = this;
        foreach (var part in path.Split(['.', '[', ']'], StringSplitOptions.RemoveEmptyEntries))
        {
            var next = node switch
            {
                MapNode map => map.Find(part),
                ListNode list when int.TryParse(part, out var index) && (uint)index < (uint)list.Items.Count => list.Items[index],
                _ => null,
            };
            if (next is null)
                break;
            node = next;
        }
        return node;
    }

    public override string Describe() => "a map";
}
