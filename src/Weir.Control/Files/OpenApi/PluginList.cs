using Weir.Config;

namespace Weir.Control;

/// <summary>Plugins of one level of a document, by name; what <c>x-kong-plugin-…</c> of the levels below says takes their place.</summary>
sealed class PluginList
{
    const string Prefix = "x-kong-plugin-";
    const string Validator = "request-validator";

    readonly SortedDictionary<string, MapNode> _plugins = new(StringComparer.Ordinal);

    /// <summary>Those of a node, over those inherited; all with ids that belong to a name.</summary>
    public static PluginList Of(OpenApiDocument document, MapNode node, PluginList? inherited, string name, KongNames names, Node tags)
    {
        var list = new PluginList();
        foreach (var (plugin, config) in inherited?._plugins ?? []) list._plugins[plugin] = Named(config, plugin, name, names, tags);
        foreach (var entry in node.Entries.Where(static entry => entry.Key.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            var plugin = entry.Key[Prefix.Length..];
            // What a plugin belongs to is where it stands; only a consumer can be named.
            if (document.Kong(node, entry.Key) is { } config) list._plugins[plugin] = Named(config.Without("service", "route"), plugin, name, names, tags);
        }
        return list;
    }

    static MapNode Named(MapNode config, string plugin, string name, KongNames names, Node tags)
    {
        config = config.With("name", Tree.Text(plugin)).With("tags", tags);
        return names.Id($"{name}.plugin.{plugin}") is { } id ? config.With("id", id) : config;
    }

    public void Set(MapNode? plugin)
    {
        if (plugin is not null) _plugins[plugin.FindText("name")!] = plugin;
    }

    /// <summary>Takes request-validator out: it is made for every operation.</summary>
    public MapNode? TakeValidator()
    {
        _plugins.Remove(Validator, out var validator);
        return validator;
    }

    /// <summary>A plugin as it is for another name.</summary>
    public static MapNode Renamed(MapNode plugin, string name, KongNames names)
    {
        var id = names.Id($"{name}.plugin.{plugin.FindText("name")}");
        return id is null || plugin.Find("id") is null ? plugin : plugin.With("id", id);
    }

    /// <summary>The plugins of an entity. Those that also name a consumer belong to two entities, which only the top level can say: they go there.</summary>
    public IEnumerable<MapNode> Place(string foreignKey, string foreignName, List<MapNode> topLevel)
    {
        foreach (var plugin in _plugins.Values)
        {
            if (plugin.Find("consumer") is null) yield return plugin;
            else topLevel.Add(plugin.With(foreignKey, Tree.Text(foreignName)));
        }
    }
}
