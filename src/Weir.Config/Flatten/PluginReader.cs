namespace Weir.Config;

/// <summary>Reads plugin entities: shared configuration and partials put in, config parsed as the plugin's own record, scopes checked.</summary>
sealed class PluginReader(Linker linker, FileHeader header, ShapeReader reader, ReadOptions options, Report report)
{
    static readonly Shape PluginShape = Shape.Of(EntityJson.Default.PluginConfig);

    static readonly (string Field, PluginScopes Scope)[] Scopes =
    [
        ("service", PluginScopes.Service), ("route", PluginScopes.Route), ("consumer", PluginScopes.Consumer), ("consumer_group", PluginScopes.ConsumerGroup),
        ("model", PluginScopes.Model),
    ];

    /// <summary>The plugin, or null when it has problems, which are then reported, or is left out.</summary>
    public DeclaredPlugin? Read(Row row)
    {
        var errors = report.Errors;
        var config = WithPartials(row, Configuration(row), out var complete);
        row.Node = row.Node.Without("_config").With("config", config);
        var entity = (PluginConfig?)reader.Read(row.Node, PluginShape, row.Label);
        row.Entity = entity;
        CheckUnsupported(row);
        if (row.Name is not { } name)
            return null;
        if (!options.Plugins.TryGetValue(name, out var kind))
            return Unknown(row, name, entity);
        CheckScopes(row, kind);
        var record = complete ? reader.Read(config, Shape.Of(kind.ConfigType), row.Label, "config") : null;
        if (record is not null)
            CheckRecord(row, kind, record, config);
        return entity is not null && record is not null && report.Errors == errors ? new DeclaredPlugin(entity, kind, record) : null;
    }

    DeclaredPlugin? Unknown(Row row, string name, PluginConfig? entity)
    {
        var place = row.Node.Nearest("name").Place;
        var message = $"plugin '{name}' not enabled: Weir does not have this plugin{Suggestion.For(name, options.Plugins.Keys)}";
        if (!options.AllowUnknownPlugins)
        {
            report.Error(place, row.Label, "name", message);
            return null;
        }
        report.Warning(place, row.Label, "name", message + "; it is not run");
        return entity is null ? null : new DeclaredPlugin(entity, null, null);
    }

    MapNode Configuration(Row row)
    {
        var given = row.Node.Find("config");
        var config = given as MapNode ?? new MapNode(given?.Place ?? row.Node.Place, []);
        if (given is not (null or MapNode or ScalarNode { Kind: ScalarKind.Null }))
            report.Error(given.Place, row.Label, "config", $"expected a record, found {given.Describe()}");
        switch (row.Node.Find("_config"))
        {
            case null or ScalarNode { Kind: ScalarKind.Null }:
                return config;
            case ScalarNode { Kind: ScalarKind.Text } shared when header.PluginConfigs.TryGetValue(shared.Text, out var below):
                return config.Over(below);
            case var other:
                report.Error(other.Place, row.Label, "_config",
                    $"there is no {other.Describe()} in _plugin_configs{Suggestion.For((other as ScalarNode)?.Text ?? "", header.PluginConfigs.Keys)}");
                return config;
        }
    }

    // Not complete when a partial is missing: what it would bring cannot be judged.
    MapNode WithPartials(Row row, MapNode config, out bool complete)
    {
        complete = true;
        if (row.Node.Find("partials") is not ListNode links)
            return config;
        for (var i = 0; i < links.Items.Count; i++)
        {
            var link = links.Items[i];
            var partial = linker.Find(link, EntityKinds.Partials, out var refused);
            complete &= partial is not null;
            if (partial is null && refused is null && header.Elsewhere.Contains(EntityKinds.Partials.Plural))
            {
                row.LeftOut = true;
                report.Warning(link.Place, row.Label, $"partials[{i}]",
                    "the partial is managed elsewhere (default_lookup_tags) and not in this document; this plugin is left out");
            }
            else if (partial is null)
            {
                report.Error(link.Place, row.Label, $"partials[{i}]", refused ?? linker.NotFound(link, EntityKinds.Partials));
            }
            else
            {
                config = Merge(row, config, partial, (link as MapNode)?.FindText("path"), link.Place, $"partials[{i}].path");
            }
        }
        return config;
    }

    MapNode Merge(Row row, MapNode config, Row partial, string? path, Place place, string field)
    {
        const string defaultPath = "config.redis";
        var parts = (path ?? defaultPath).Split('.');
        if (parts.Length != 2 || parts[0] != "config")
        {
            report.Error(place, row.Label, field, $"a path such as {defaultPath} is expected, found '{path}'");
            return config;
        }
        var shared = partial.Node.Find("config") as MapNode ?? new MapNode(partial.Node.Place, []);
        return config.With(parts[1], config.Find(parts[1]) is MapNode own ? shared.Over(own) : shared);
    }

    void CheckScopes(Row row, PluginKind kind)
    {
        foreach (var (field, scope) in Scopes)
            if ((kind.Scopes & scope) == 0 && row.Node.Find(field) is { } node and not ScalarNode { Kind: ScalarKind.Null })
                report.Error(node.Place, row.Label, field, $"value must be null: the plugin {kind.Name} cannot be attached to a {field.Replace('_', ' ')}");
    }

    void CheckUnsupported(Row row)
    {
        if (row.Node.Find("ordering") is MapNode { Entries.Count: > 0 } ordering)
            report.Error(ordering.Place, row.Label, "ordering", "Weir does not change the order of plugins: it is fixed for all, as listed in the reference");
        if (row.Node.Find("condition") is ScalarNode { Kind: not ScalarKind.Null } condition)
            report.Error(condition.Place, row.Label, "condition", "Weir does not support conditions of plugins yet");
    }

    void CheckRecord(Row row, PluginKind kind, object record, MapNode config)
    {
        var problems = new Problems();
        kind.Check(record, problems);
        foreach (var (field, message) in problems.Found)
            report.Error(config.Nearest(field).Place, row.Label, PathOf(field), message);
        foreach (var (field, message) in problems.Warnings)
            report.Warning(config.Nearest(field).Place, row.Label, PathOf(field), message);

        static string PathOf(string field) => field.Length == 0 ? "config" : "config." + field;
    }
}
