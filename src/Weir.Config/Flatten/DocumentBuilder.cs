namespace Weir.Config;

/// <summary>Parses linked rows, checks them and puts the document together.</summary>
sealed class DocumentBuilder(Collector collected, Linker linker, FileHeader header, ReadOptions options, Report report) : IDocumentLists
{
    static Shape EnvSettings => Shape.Of(EntityJson.Default.EnvVaultSettings);
    static Shape FileSettings => Shape.Of(EntityJson.Default.FileVaultSettings);

    readonly Secrets _secrets = new(options, report);
    readonly Dictionary<Row, DeclaredPlugin> _plugins = [];

    /// <summary>The plugins read so far.</summary>
    public IReadOnlyDictionary<Row, DeclaredPlugin> Plugins => _plugins;

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
        Vault? declared = vault.Name switch
        {
            "env" when reader.Read(settings, EnvSettings, row.Label, "config") is EnvVaultSettings env =>
                new EnvVault(options.Environment, env.Prefix ?? "", env.Base64Decode),
            "file" when reader.Read(settings, FileSettings, row.Label, "config") is FileVaultSettings file =>
                new FileVault(file.Directory, file.Prefix ?? "", file.Base64Decode),
            _ => null,
        };
        _secrets.Declare(vault.Prefix, declared ?? new UnusableVault());
    }

    IReadOnlyList<T> IDocumentLists.Of<T>(EntityKind kind) =>
        [.. collected.Rows[kind].Where(static row => !row.LeftOut).Select(static row => row.Entity).OfType<T>()];

    IReadOnlyList<DeclaredPlugin> IDocumentLists.Plugins() =>
        [.. collected.Rows[EntityKinds.Plugins].Where(row => !row.LeftOut && _plugins.ContainsKey(row)).Select(row => _plugins[row])];
}
