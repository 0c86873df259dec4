namespace Weir.Config;

/// <summary>Parses linked rows, checks them and puts the document together.</summary>
sealed class DocumentBuilder(Collector collected, Linker linker, FileHeader header, ReadOptions options, Report report) : IDocumentLists
{
    readonly Secrets _secrets = new(options, report);
    readonly Dictionary<Row, DeclaredPlugin> _plugins = [];

    /// <summary>The plugins read so far.</summary>
    public IReadOnlyDictionary<Row, DeclaredPlugin> Plugins => _plugins;

    /// <summary>What was taken from vaults on other machines.</summary>
    public IReadOnlyCollection<StoredSecret> Secrets => _secrets.Used;

    public Document Build()
    {
        using var reader = new ShapeReader(report, options.Compat, _secrets);
        var plugins = new PluginReader(linker, header, reader, options, report);
        foreach (var kind in EntityKinds.All)
        {
            if (collected.Rows[kind].Count == 0)
                continue;
            var shape = Shape.Of(kind.Type);
            foreach (var row in collected.Rows[kind])
            {
                if (kind == EntityKinds.Plugins)
                {
                    if (plugins.Read(row) is { } plugin)
                        _plugins[row] = plugin;
                    continue;
                }
                row.Entity = (Entity?)reader.Read(row.Node, shape, row.Label);
                if (row.Entity is VaultConfig vault)
                    Declare(row, vault, reader);
            }
        }
        EntityChecks.Run(collected, linker, options, report);
        return Document.Of(this, header.PasswordsAreHashed);
    }

    void Declare(Row row, VaultConfig vault, ShapeReader reader)
    {
        var settings = row.Node.Find("config") as MapNode ?? new MapNode(row.Node.Place, []);
        var parsed = VaultKinds.SettingsOf(vault.Name) is { } shape ? reader.Read(settings, shape, row.Label, "config") : null;
        if (parsed is not null)
            VaultChecks.CheckSettings(parsed, (field, problem) => report.Error(row, "config." + field, problem));
        _secrets.Declare(vault.Prefix, vault.Name, parsed);
    }

    IReadOnlyList<T> IDocumentLists.Of<T>(EntityKind kind) =>
        [.. collected.Rows[kind].Where(static row => !row.LeftOut).Select(static row => row.Entity).OfType<T>()];

    IReadOnlyList<DeclaredPlugin> IDocumentLists.Plugins() =>
        [.. collected.Rows[EntityKinds.Plugins].Where(row => !row.LeftOut && _plugins.ContainsKey(row)).Select(row => _plugins[row])];
}
