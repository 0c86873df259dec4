using System.Security.Cryptography;
using System.Text;
using Weir.Config;

namespace Weir.Control;

/// <summary>
/// Replaces every text of a dump that its owner chose by a salted hash, so that the file can be shown to others: what is the same stays the same, so that
/// references still lead somewhere; words that the format itself defines, numbers and ids stay.
/// </summary>
sealed class Sanitizer(string salt, ReadOptions read)
{
    /// <summary>Texts that are words of the format.</summary>
    static readonly HashSet<string> Words = new(StringComparer.Ordinal)
    {
        "id", "protocol", "protocols", "type", "methods", "algorithm", "hash_on", "hash_fallback", "path_handling", "_format_version",
    };

    static readonly HashSet<string> Paths = new(StringComparer.Ordinal) { "paths", "path", "http_path", "hash_on_cookie_path" };

    /// <summary>A text as nobody can read it.</summary>
    public string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(salt + text)));

    public MapNode Document(MapNode root) => new(default, [.. root.Entries.Select(entry => entry.Key == "_format_version" ? entry
        : entry with { Value = entry.Value is ListNode list && EntityKinds.All.FirstOrDefault(kind => kind.Plural == entry.Key) is { } kind
            ? new ListNode(default, [.. list.Items.Select(item => Entity(kind, item))]) : Any(entry.Key, entry.Value) })]);

    Node Entity(EntityKind kind, Node node)
    {
        if (node is not MapNode map) return Any("", node);
        var shape = Shape.Of(kind.Type);
        return new MapNode(default, [.. map.Entries.Select(entry => entry with { Value = Field(kind, map, shape, entry) })]);
    }

    Node Field(EntityKind kind, MapNode entity, Shape shape, MapEntry entry)
    {
        if (entry.Value is ListNode list && EntityKinds.NestedIn(kind).FirstOrDefault(each => each.Child.Plural == entry.Key).Child is { } child)
            return new ListNode(default, [.. list.Items.Select(item => Entity(child, item))]);
        var isPlugin = kind == EntityKinds.Plugins;
        if (kind == EntityKinds.Vaults && entry.Key == "name") return entry.Value;
        if (isPlugin && entry.Key is "name") return entry.Value;
        if (isPlugin && entry.Key == "partials" && entry.Value is ListNode links) return new ListNode(default, [.. links.Items.Select(Link)]);
        if (isPlugin && entry.Key == "config" && entity.FindText("name") is { } name && read.Plugins.TryGetValue(name, out var plugin))
            return Value(entry.Key, entry.Value, Shape.Of(plugin.ConfigType));
        return shape.Fields.TryGetValue(entry.Key, out var field) ? Value(entry.Key, entry.Value, field.Shape) : Any(entry.Key, entry.Value);
    }

    // A path says which setting of the plugin the partial is for.
    Node Link(Node link) => link is MapNode map && map.Find("path") is { } path ? ((MapNode)Any("", map)).With("path", path) : Any("", link);

    Node Value(string key, Node value, Shape shape) => (value, shape.Kind) switch
    {
        (_, ShapeKind.Choice) => value,
        (MapNode record, ShapeKind.Record) => new MapNode(default, [.. record.Entries.Select(entry => entry with
        {
            Value = !shape.Fields.TryGetValue(entry.Key, out var field) ? Any(entry.Key, entry.Value)
                : field.Rules.Allowed.Count > 0 || field.Rules.Format == TextFormat.Uuid ? entry.Value : Value(entry.Key, entry.Value, field.Shape),
        })]),
        (ListNode list, ShapeKind.List) => new ListNode(default, [.. list.Items.Select(item => Value(key, item, shape.Element!))]),
        _ => Any(key, value),
    };

    Node Any(string key, Node value) => value switch
    {
        ScalarNode { Kind: ScalarKind.Text } text when !Words.Contains(key) => Nodes.Text(Paths.Contains(key) ? Path(text.Text) : Hash(text.Text)),
        MapNode map => new MapNode(default, [.. map.Entries.Select(entry => entry with { Value = Any(entry.Key, entry.Value) })]),
        ListNode list => new ListNode(default, [.. list.Items.Select(item => Any(key, item))]),
        _ => value,
    };

    string Path(string text) => (text.StartsWith('~') ? "~" : "") + "/redacted/path/" + Hash(text);
}
