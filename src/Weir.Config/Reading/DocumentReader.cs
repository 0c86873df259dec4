namespace Weir.Config;

/// <summary>
/// Reads declarative files, as Kong's decK and Kong itself have them. 1. Find files. 2. Fill in environment variables. 3. Parse YAML or JSON into nodes.
/// 4. Merge the files, and put in what models stand for. 5. Take the entities apart into rows. 6. Link references. 7. Parse rows into records and check
/// them. Every step reports all it finds; a document comes out only when there is no error.
/// </summary>
static class DocumentReader
{
    /// <summary>Reads files and directories into one document.</summary>
    public static DocumentResult Read(IReadOnlyList<string> paths, ReadOptions options)
    {
        var report = new Report(options.Limits.ProblemsMax);
        return Finish(Merged(paths, options, report), paths.Count > 0 ? paths[0] : "", options, report);
    }

    /// <summary>What stands in files, with models turned into what they stand for; null when the files cannot be read.</summary>
    public static MapNode? ReadExpanded(IReadOnlyList<string> paths, ReadOptions options)
    {
        var report = new Report(options.Limits.ProblemsMax);
        return Merged(paths, options, report) is { } root ? ModelExpansion.WithoutModels(ModelExpansion.Expand(root, report)) : null;
    }

    /// <summary>What stands in files, with variables filled in; null when they cannot be read.</summary>
    public static (MapNode? Root, IReadOnlyList<Problem> Problems) ReadMerged(IReadOnlyList<string> paths, ReadOptions options)
    {
        var report = new Report(options.Limits.ProblemsMax);
        var root = Merged(paths, options, report);
        return (report.Errors == 0 ? root : null, report.Problems());
    }

    /// <summary>The same of one text.</summary>
    public static (MapNode? Root, IReadOnlyList<Problem> Problems) ReadFilled(string fileName, string text, ReadOptions options)
    {
        var report = new Report(options.Limits.ProblemsMax);
        var root = Parse(fileName, text, options, report);
        return (report.Errors == 0 ? root : null, report.Problems());
    }

    /// <summary>What stands in one file, as it is written: nothing is filled in or checked.</summary>
    public static (MapNode? Root, IReadOnlyList<Problem> Problems) ReadNodes(string file, ReadLimits limits)
    {
        var report = new Report(limits.ProblemsMax);
        var root = SourceFiles.Read(file, limits, report) is { } text ? ParseFilled(file, text, limits, report) : null;
        return (report.Errors == 0 ? root : null, report.Problems());
    }

    /// <summary>Reads text; a file name that ends with .json makes it JSON, otherwise it is YAML.</summary>
    public static DocumentResult ReadText(string fileName, string text, ReadOptions options)
    {
        var report = new Report(options.Limits.ProblemsMax);
        return Finish(Parse(fileName, text, options, report), fileName, options, report);
    }

    /// <summary>
    /// Reads entities that come from elsewhere than files, already as nodes; with the rows that they became, each with its parsed record.
    /// </summary>
    public static CheckedRows ReadRows(MapNode root, ReadOptions options)
    {
        var report = new Report(options.Limits.ProblemsMax);
        var header = FileHeader.Read(root, report);
        var collected = new Collector(header, report);
        collected.Collect(ModelExpansion.Expand(root, report));
        var linker = new Linker(collected, header, report);
        linker.Link();
        var builder = new DocumentBuilder(collected, linker, header, options, report);
        var document = builder.Build();
        return new CheckedRows(report.Errors == 0 ? document : null, collected.Rows, builder.Plugins, report.Problems()) { Secrets = builder.Secrets };
    }

    /// <summary>Makes what the first reading needs of kinds that nearly every document has. Of use beside other work at the start of the process.</summary>
    public static void Prepare()
    {
        foreach (var kind in (ReadOnlySpan<EntityKind>)[EntityKinds.Services, EntityKinds.Routes])
            _ = Shape.Of(kind.Type);
    }

    static MapNode? Merged(IReadOnlyList<string> paths, ReadOptions options, Report report)
    {
        MapNode? root = null;
        foreach (var file in SourceFiles.Find(paths, options.Limits, report))
            if (SourceFiles.Read(file, options.Limits, report) is { } text && Parse(file, text, options, report) is { } parsed)
                root = root is null ? parsed : FileMerge.Merge(root, parsed, report);
        return root;
    }

    static MapNode? Parse(string file, string text, ReadOptions options, Report report)
    {
        var errors = report.Errors;
        var filled = EnvTemplate.Fill(file, text, options.Environment, report);
        return report.Errors > errors ? null : ParseFilled(file, filled, options.Limits, report);
    }

    static MapNode? ParseFilled(string file, string text, ReadLimits limits, Report report)
    {
        var json = file.EndsWith(".json", StringComparison.OrdinalIgnoreCase);
        var root = json ? JsonText.Read(file, text, limits, report) : YamlText.Read(file, text, limits, report);
        if (root is MapNode map)
            return map;
        if (root is not (null or ScalarNode { Kind: ScalarKind.Null }))
            report.Error(root.Place, $"a map with _format_version and lists of entities is expected, found {root.Describe()}");
        return null;
    }

    // Making shapes is most of the work of a first reading, and each can be made by itself: on all cores. A later reading finds them made.
    static void PrepareShapes(Collector collected, ReadOptions options)
    {
        foreach (var kind in EntityKinds.All.Where(kind => collected.Rows[kind].Count > 0))
            _ = Task.Run(() => Shape.Of(kind.Type));
        foreach (var name in collected.Rows[EntityKinds.Plugins].Select(static row => row.Node.FindText("name")).Distinct())
            if (name is not null && options.Plugins.TryGetValue(name, out var plugin))
                _ = Task.Run(() => Shape.Of(plugin.ConfigType));
    }

    static DocumentResult Finish(MapNode? root, string name, ReadOptions options, Report report)
    {
        if (report.Errors > 0 && root is null)
            return new DocumentResult(null, report.Problems());
        root ??= new MapNode(new Place(name, 1, 1), []);
        var header = FileHeader.Read(root, report);
        var collected = new Collector(header, report);
        collected.Collect(ModelExpansion.Expand(root, report));
        PrepareShapes(collected, options);
        var linker = new Linker(collected, header, report);
        linker.Link();
        var builder = new DocumentBuilder(collected, linker, header, options, report);
        var document = builder.Build();
        return new DocumentResult(report.Errors == 0 ? document : null, report.Problems()) { Secrets = builder.Secrets };
    }
}

/// <summary>Entities as they were read.</summary>
/// <param name="Document">What they are together; null when there is an error.</param>
/// <param name="Rows">Each entity by kind, parsed where it has no problem of its own.</param>
/// <param name="Plugins">The parsed settings of plugins.</param>
/// <param name="Problems">Everything found.</param>
sealed record CheckedRows(
    Document? Document, IReadOnlyDictionary<EntityKind, List<Row>> Rows, IReadOnlyDictionary<Row, DeclaredPlugin> Plugins, IReadOnlyList<Problem> Problems)
{
    /// <summary>What was taken from vaults on other machines.</summary>
    public IReadOnlyCollection<StoredSecret> Secrets { get; init; } = [];
}
