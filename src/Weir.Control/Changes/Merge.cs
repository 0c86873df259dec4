using Weir.Config;

namespace Weir.Control;

/// <summary>Lays the fields of a change over an entity, as Kong's PATCH does: records are merged, lists and maps are replaced.</summary>
static class Merge
{
    /// <param name="kind">What is changed.</param>
    /// <param name="above">The change.</param>
    /// <param name="below">The entity as it stands.</param>
    /// <param name="read">Knows the plugins, whose settings are records too.</param>
    public static MapNode Over(ControlKind kind, MapNode above, MapNode below, ReadOptions read)
    {
        if (kind.Config is not { } config) return above.Over(below);
        // What the shorthand says wins over what its fields said before.
        var merged = Records(above, below, Shape.Of(config.Type));
        if (kind != ControlKinds.Plugins || above.Find("config") is not MapNode settings || below.Find("config") is not MapNode old) return merged;
        var name = merged.FindText("name");
        // Another plugin has other settings: nothing of the old ones is kept.
        if (name is null || name != below.FindText("name") || !read.Plugins.TryGetValue(name, out var plugin)) return merged.With("config", settings);
        return merged.With("config", Records(settings, old, Shape.Of(plugin.ConfigType)));
    }

    static MapNode Records(MapNode above, MapNode below, Shape shape)
    {
        var entries = new List<MapEntry>(above.Entries.Count + below.Entries.Count);
        foreach (var entry in below.Entries)
            if (above.Find(entry.Key) is null)
                entries.Add(entry);
        foreach (var entry in above.Entries)
        {
            var isRecord = shape.Fields.TryGetValue(entry.Key, out var field) && field.Shape is { Kind: ShapeKind.Record, IsReference: false };
            entries.Add(isRecord && entry.Value is MapNode mine && below.Find(entry.Key) is MapNode theirs
                ? entry with { Value = Records(mine, theirs, field!.Shape) } : entry);
        }
        return new MapNode(above.Place, entries);
    }
}
