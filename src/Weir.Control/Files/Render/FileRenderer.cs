using Weir.Config;

namespace Weir.Control;

/// <summary>
/// <c>weir file render</c>: complete files as the one that a sync would send. Defaults are filled in, URLs taken apart, shared configs of plugins put in
/// place, routes and plugins nested where they belong, ids left out, everything sorted.
/// </summary>
sealed class FileRenderer
{
    /// <summary>Which list an entity stands in when another one owns it.</summary>
    static readonly Dictionary<string, string> Owners = new()
    {
        ["service"] = "services",
        ["route"] = "routes",
        ["consumer"] = "consumers",
        ["consumer_group"] = "consumer_groups",
    };

    readonly Report _report;
    readonly EntityDefaults _defaults;
    readonly MapNode? _pluginConfigs;
    readonly IReadOnlyList<string> _selectTags;

    FileRenderer(MapNode root, Report report)
    {
        _report = report;
        var about = root.Find("_info") as MapNode;
        _defaults = new EntityDefaults(about?.Find("defaults") as MapNode);
        _pluginConfigs = root.Find("_plugin_configs") as MapNode;
        _selectTags = [.. about?.Find("select_tags").Strings() ?? []];
    }

    /// <summary>Renders files; variables are filled in when there is an environment, otherwise they stay expressions.</summary>
    public static MapNode? Render(IReadOnlyList<FileSource> files, Func<string, string?>? environment, Report report)
    {
        MapNode? root = null;
        foreach (var file in files)
        {
            var filled = environment is null ? file : file with { Text = EnvTemplate.Fill(file.Name, file.Text, environment, report) };
            if (report.Errors == 0 && filled.ReadMap(report) is { } read) root = root is null ? read : FileMerge.Merge(root, read, report);
        }
        if (root is null || report.Errors > 0) return null;
        if (FormatVersion.Read(root, static _ => null, report) is { Major: not 3 } other)
            report.Error(root.Find(FormatVersion.Key)!.Place, "", FormatVersion.Key, $"\"3.0\" is expected, found \"{other}\"; `weir file convert` makes it");
        var rendered = new FileRenderer(root, report).Render(root);
        return report.Errors > 0 ? null : rendered;
    }

    MapNode Render(MapNode root)
    {
        var about = (root.Find("_info") as MapNode)?.Without("defaults");
        root = Nest(Nest(root, "routes", ["service"]), "plugins", [.. Owners.Keys]);
        var entries = root.Entries.Where(static entry => entry.Key is not ("_info" or "_plugin_configs" or FormatVersion.Key));
        var rendered = Rendered(new MapNode(root.Place, [.. entries]), "");
        if (about is { Entries.Count: > 0 }) rendered = rendered.With("_info", about);
        return rendered.With(FormatVersion.Key, Tree.Text("3.0"));
    }

    /// <summary>An entity, and those within it.</summary>
    MapNode Rendered(MapNode entity, string kind)
    {
        var made = new List<MapEntry>();
        foreach (var entry in Prepared(entity, kind).Entries)
        {
            if (entry.Value.IsNull() && EntityOrder.IsKind(entry.Key)) continue;
            if (entry.Key == "id" && kind.Length > 0 && !EntityOrder.KeepsId(kind)) continue;
            // Within the config of a plugin, lists of the same names are no entities.
            var isList = EntityOrder.IsKind(entry.Key) && entry.Value is ListNode list && list.Items.All(static item => item is MapNode);
            made.Add(isList ? entry with { Value = EntityOrder.Sorted(entry.Key, entry.Value.Maps().Select(item => Rendered(item, entry.Key))) } : entry);
        }
        return new MapNode(entity.Place, made);
    }

    MapNode Prepared(MapNode entity, string kind)
    {
        if (_selectTags.Count > 0 && kind.Length > 0) entity = entity.With("tags", Tree.Texts(entity.Find("tags").Strings().Union(_selectTags)));
        return kind switch
        {
            "services" => _defaults.Fill("service", WithoutUrl(entity)),
            "routes" => _defaults.Fill("route", entity),
            "upstreams" => _defaults.Fill("upstream", entity),
            "targets" => _defaults.Fill("target", entity),
            "plugins" => WithSharedConfig(entity),
            _ => entity,
        };
    }

    MapNode WithoutUrl(MapNode service)
    {
        if (service.Find("url") is not ScalarNode { Kind: ScalarKind.Text } url || url.Text.Contains("${{", StringComparison.Ordinal)) return service;
        var parsed = ServerUrl.Read([Tree.Map(("url", url))], _report);
        if (parsed is not [{ Scheme: { } scheme } only]) return service;
        service = service.Without("url");
        var parts = Tree.Map(("protocol", Tree.Text(scheme)), ("host", Tree.Text(only.Host)), ("port", Tree.Number(only.PortOrDefault)),
            ("path", only.Path == "/" && !url.Text.EndsWith('/') ? null : Tree.Text(only.Path)));
        return service.Over(parts);
    }

    MapNode WithSharedConfig(MapNode plugin)
    {
        if (plugin.Find("_config") is not { } name) return plugin;
        plugin = plugin.Without("_config");
        if (name.Scalar() is { } text && _pluginConfigs?.Find(text) is MapNode shared)
            return plugin.With("config", plugin.Find("config") is MapNode own ? own.Over(shared) : shared);
        _report.Error(name.Place, $"plugin '{plugin.FindText("name")}'", "_config", $"there is no '{name.Scalar()}' in _plugin_configs");
        return plugin;
    }

    /// <summary>Moves entities of the top level into the one that they belong to, when it is one only and the file has it.</summary>
    MapNode Nest(MapNode root, string kind, IReadOnlyList<string> foreignKeys)
    {
        if (root.Find(kind) is not ListNode list) return root;
        var left = new List<Node>();
        var moved = new Dictionary<Node, List<Node>>(ReferenceEqualityComparer.Instance);
        foreach (var item in list.Items)
        {
            var owner = item is MapNode entity ? OwnerOf(root, entity, foreignKeys) : null;
            if (owner is null) left.Add(item);
            else if (moved.TryGetValue(owner, out var others)) others.Add(((MapNode)item).Without([.. foreignKeys]));
            else moved[owner] = [((MapNode)item).Without([.. foreignKeys])];
        }
        root = left.Count > 0 ? root.With(kind, Tree.List(left)) : root.Without(kind);
        return (MapNode)Changed(root, moved, kind);
    }

    static Node Changed(Node node, Dictionary<Node, List<Node>> moved, string kind)
    {
        Node made = node switch
        {
            MapNode map => new MapNode(map.Place, [.. map.Entries.Select(entry => entry with { Value = Changed(entry.Value, moved, kind) })]),
            ListNode list => new ListNode(list.Place, [.. list.Items.Select(item => Changed(item, moved, kind))]),
            _ => node,
        };
        if (!moved.TryGetValue(node, out var added)) return made;
        var owner = (MapNode)made;
        return owner.With(kind, Tree.List([.. (owner.Find(kind) as ListNode)?.Items ?? [], .. added]));
    }

    MapNode? OwnerOf(MapNode root, MapNode entity, IReadOnlyList<string> foreignKeys)
    {
        var keys = foreignKeys.Where(key => !entity.Find(key).IsNull()).ToList();
        if (keys.Count != 1) return null;
        var reference = entity.Find(keys[0]);
        var inner = reference as MapNode;
        var name = reference.Scalar() ?? (inner?.Find("name") ?? inner?.Find("id") ?? inner?.Find("username")).Scalar();
        var candidates = root.Find(Owners[keys[0]]).Maps();
        if (keys[0] == "route") candidates = candidates.Concat(root.Find("services").Maps().SelectMany(static service => service.Find("routes").Maps()));
        return name is null ? null : candidates.FirstOrDefault(owner => owner.Find("name").Scalar() == name || owner.Find("id").Scalar() == name
            || owner.Find("username").Scalar() == name);
    }
}
