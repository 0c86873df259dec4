using Weir.Config;

namespace Weir.Control;

/// <summary>Takes secrets out of what is shown of an entity. References to vaults are no secrets.</summary>
sealed class MaskedForm(ReadOptions read)
{
    public const string Masked = "[masked]";

    /// <summary>Instead of a secret that was another one before.</summary>
    public const string MaskedNew = "[masked, changed]";

    /// <summary>Where no record says what a text is, its name does.</summary>
    static readonly string[] SecretNames = ["password", "secret", "token", "credential", "passphrase"];

    /// <summary>The entity without its secrets.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="node">The entity.</param>
    /// <param name="before">What it was: a secret that is another one now is shown as changed.</param>
    public MapNode Of(ControlKind kind, MapNode node, MapNode? before = null)
    {
        if (kind.Config is not { } config) return node;
        var masked = Record(node, Shape.Of(config.Type), before);
        if (masked.Find("config") is not MapNode settings) return masked;
        var old = before?.Find("config") as MapNode;
        if (kind == ControlKinds.Plugins && node.FindText("name") is { } name && read.Plugins.TryGetValue(name, out var plugin))
            return masked.With("config", Record(settings, Shape.Of(plugin.ConfigType), old));
        if (kind == ControlKinds.Vaults && node.FindText("name") is { } vault && VaultKinds.SettingsOf(vault) is { } shape)
            return masked.With("config", Record(settings, shape, old));
        return masked.With("config", Unknown(settings, old));
    }

    MapNode Record(MapNode node, Shape shape, MapNode? before) => Each(node, before, (entry, old) =>
        shape.Fields.TryGetValue(entry.Key, out var field) ? Value(entry.Value, field.Shape, field.Rules.Secret, old)
            : IsSecretName(entry.Key) ? Hidden(entry.Value, old) : entry.Value);

    Node Value(Node value, Shape shape, bool isSecret, Node? before) => (value, shape.Kind) switch
    {
        _ when isSecret => Hidden(value, before),
        (MapNode record, ShapeKind.Record) => Record(record, shape, before as MapNode),
        (MapNode map, ShapeKind.Map) => Each(map, before as MapNode, (entry, old) => Value(entry.Value, shape.Element!, isSecret: false, old)),
        (ListNode list, ShapeKind.List) => Each(list, before as ListNode, (item, old) => Value(item, shape.Element!, isSecret: false, old)),
        _ => value,
    };

    static MapNode Unknown(MapNode node, MapNode? before) => Each(node, before, static (entry, old) => entry.Value switch
    {
        MapNode map => Unknown(map, old as MapNode),
        _ when IsSecretName(entry.Key) => Hidden(entry.Value, old),
        _ => entry.Value,
    });

    static bool IsSecretName(string name) => name == "key" || name.EndsWith("_key", StringComparison.OrdinalIgnoreCase)
        || Array.Exists(SecretNames, each => name.Contains(each, StringComparison.OrdinalIgnoreCase));

    static Node Hidden(Node value, Node? before) => value switch
    {
        ScalarNode { Kind: ScalarKind.Text } text when !VaultReference.Looks(text.Text) =>
            Nodes.Text(before is null || (before is ScalarNode old && old.Text == text.Text) ? Masked : MaskedNew),
        MapNode map => Each(map, before as MapNode, static (entry, old) => Hidden(entry.Value, old)),
        ListNode list => Each(list, before as ListNode, Hidden),
        _ => value,
    };

    static MapNode Each(MapNode map, MapNode? before, Func<MapEntry, Node?, Node> shown) =>
        new(map.Place, [.. map.Entries.Select(entry => entry with { Value = shown(entry, before?.Find(entry.Key)) })]);

    static ListNode Each(ListNode list, ListNode? before, Func<Node, Node?, Node> shown) =>
        new(list.Place, [.. list.Items.Select((item, index) => shown(item, index < before?.Items.Count ? before.Items[index] : null))]);
}
