using System.Text.Json.Nodes;
using Weir.Config;

namespace Weir.Control;

/// <summary>Leaves out of entities what a file need not say: timestamps, fields that are not set, and defaults where that is asked for.</summary>
sealed class DumpedForm(ReadOptions read, bool skipsDefaults)
{
    static readonly string[] Times = ["created_at", "updated_at"];

    /// <summary>The fields of an entity that say something. What is left out reads as the same value.</summary>
    public MapNode Of(ControlKind kind, MapNode node)
    {
        node = node.Without(Times);
        if (kind.Config is not { } config) return node;
        var entity = Record(node, Shape.Of(config.Type));
        // Written next to its hash, "none" would say another algorithm.
        if (kind == ControlKinds.Upstreams && node.FindText("algorithm") == "consistent-hashing" && node.FindText("hash_on") == "none")
            entity = entity.Without("hash_on");
        if (kind == ControlKinds.Routes && skipsDefaults && IsUsualStrip(node)) entity = entity.Without("strip_path");
        if (kind != ControlKinds.Plugins) return entity;
        // decK says of every plugin whether it is on.
        if (skipsDefaults && node.Find("enabled") is { } enabled) entity = entity.With("enabled", enabled);
        return WithSettings(entity, node);
    }

    /// <summary>Whether strip_path is what the protocols make of it.</summary>
    static bool IsUsualStrip(MapNode route)
    {
        var isGrpc = route.Find("protocols") is ListNode protocols && protocols.Items.Any(static each => each is ScalarNode { Text: "grpc" or "grpcs" });
        return route.Find("strip_path") is ScalarNode { Kind: ScalarKind.Boolean } strip && strip.Text == (isGrpc ? "false" : "true");
    }

    /// <summary>
    /// Settings of plugins are written as Kong shows them, unset ones too, unless defaults are left out. Those that partials complete are kept as given.
    /// </summary>
    MapNode WithSettings(MapNode entity, MapNode node)
    {
        if (node.Find("config") is not MapNode settings) return entity;
        var isComplete = node.Find("partials") is not ListNode { Items.Count: > 0 };
        if (skipsDefaults && isComplete && node.FindText("name") is { } name && read.Plugins.TryGetValue(name, out var plugin))
            settings = Record(settings, Shape.Of(plugin.ConfigType));
        return settings.Entries.Count == 0 ? entity.Without("config") : entity.With("config", settings);
    }

    MapNode Record(MapNode node, Shape shape)
    {
        var entries = new List<MapEntry>(node.Entries.Count);
        foreach (var entry in node.Entries)
        {
            if (!shape.Fields.TryGetValue(entry.Key, out var field)) entries.Add(entry);
            else if (!IsSilent(field, entry.Value)) entries.Add(entry with { Value = Value(entry.Value, field.Shape) });
        }
        return new MapNode(node.Place, entries);
    }

    bool IsSilent(FieldShape field, Node value)
    {
        var byDefault = field.Default(read.Compat);
        if (value is ScalarNode { Kind: ScalarKind.Null }) return byDefault is null;
        return skipsDefaults && !field.Required && byDefault is not null
            && JsonNode.DeepEquals(JsonNode.Parse(NodeJson.Bytes(value)), JsonNode.Parse(byDefault));
    }

    Node Value(Node value, Shape shape) => (value, shape.Kind) switch
    {
        (MapNode record, ShapeKind.Record) => Record(record, shape),
        (ListNode list, ShapeKind.List) => new ListNode(list.Place, [.. list.Items.Select(item => Value(item, shape.Element!))]),
        (MapNode map, ShapeKind.Map) =>
            new MapNode(map.Place, [.. map.Entries.Select(entry => entry with { Value = Value(entry.Value, shape.Element!) })]),
        _ => value,
    };
}
