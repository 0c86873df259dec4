using Weir.Config;

namespace Weir.Control;

/// <summary>Plugins to add to what selectors choose; where one of the name is there already it stays, or gives way with <c>overwrite</c>.</summary>
sealed record PluginAddition(SelectorSet Selectors, IReadOnlyList<MapNode> Plugins, bool Overwrite)
{
    static readonly string[] Known = ["selectors", "overwrite", "plugins"];
    static readonly string[] ForeignKeys = ["service", "route", "consumer", "consumer_group"];

    public MapNode Apply(MapNode root, Report report)
    {
        var chosen = Selectors.Select(root);
        chosen.RemoveWhere(static node => node is not MapNode);
        if (chosen.Any(node => node != root))
            foreach (var plugin in Plugins.Where(static plugin => ForeignKeys.Any(key => plugin.Find(key) is not null)))
                report.Error(plugin.Place, $"plugin '{plugin.FindText("name")}'", "",
                    "service, route, consumer and consumer_group can only be named by plugins of the top level (selector '$')");
        return (MapNode)Tree.Changed(root, chosen, node => AddTo((MapNode)node));
    }

    MapNode AddTo(MapNode owner)
    {
        var plugins = owner.Find("plugins") is ListNode list ? list.Items.ToList() : [];
        foreach (var plugin in Plugins)
        {
            var at = plugins.FindIndex(other => other is MapNode there && IsSame(there, plugin));
            if (at < 0) plugins.Add(Tree.Unshared(plugin));
            else if (Overwrite) plugins[at] = Tree.Unshared(plugin);
        }
        return owner.With("plugins", Tree.List(plugins));
    }

    static bool IsSame(MapNode a, MapNode b) =>
        a.FindText("name") == b.FindText("name") && ForeignKeys.All(key => a.Find(key).Scalar() == b.Find(key).Scalar());

    /// <summary>What a file adds: <c>add-plugins: [{selectors, overwrite, plugins}]</c>.</summary>
    public static IReadOnlyList<PluginAddition> ReadFile(FileSource file, Report report)
    {
        if (file.ReadMap(report) is not { } root) return [];
        FormatVersion.CheckOfTool(root, report);
        var additions = new MapReader(root, report, "add-plugins").RefuseUnknown().Maps("add-plugins");
        return [.. additions.Select(map => Read(map, report)).OfType<PluginAddition>()];
    }

    static PluginAddition? Read(MapNode map, Report report)
    {
        var reader = new MapReader(map, report, Known).RefuseUnknown();
        var (selectors, overwrite) = (reader.Selectors("selectors", "$"), reader.Flag("overwrite"));
        var plugins = reader.Maps("plugins");
        foreach (var plugin in plugins) CheckName(plugin, report);
        return selectors is null ? null : new PluginAddition(selectors, plugins, overwrite);
    }

    /// <summary>What flags add.</summary>
    public static PluginAddition? OfFlags(IReadOnlyList<string> selectors, IReadOnlyList<string> configs, bool overwrite, Report report)
    {
        var plugins = configs.Select(config => new FileSource("--config", config).ReadMap(report)).OfType<MapNode>().ToList();
        foreach (var plugin in plugins) CheckName(plugin, report);
        if (SelectorSet.TryParse(selectors.Count > 0 ? selectors : ["$"], out var chosen, out var problems))
            return new PluginAddition(chosen, plugins, overwrite);
        foreach (var problem in problems) report.Error(new Place("--selector", 0, 0), problem);
        return null;
    }

    static void CheckName(MapNode plugin, Report report)
    {
        if (plugin.FindText("name") is null) report.Error(plugin.Place, "", "name", "the plugin's name is missing");
    }
}
