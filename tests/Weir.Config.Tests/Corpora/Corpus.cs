namespace Weir.Config.Tests;

/// <summary>One document of a corpus.</summary>
/// <param name="Folder">The corpus and the folder in it, for the table.</param>
/// <param name="Path">Path in the corpus: a file, or a folder whose files are one document.</param>
/// <param name="Files">Files that make up the document: name and text, placeholders filled in.</param>
sealed record CorpusCase(string Folder, string Path, IReadOnlyList<(string Name, string Text)> Files)
{
    /// <summary>Reads the document as the command line would.</summary>
    public DocumentResult Read(ReadOptions options) => Files.Count == 1
        ? DocumentReader.ReadText(Files[0].Name, Files[0].Text, options)
        : InFolder(folder => DocumentReader.Read([folder], options));

    /// <summary>What stands in the document, before anything is made of it.</summary>
    public MapNode? Root(ReadOptions options) => Files.Count == 1
        ? DocumentReader.ReadFilled(Files[0].Name, Files[0].Text, options).Root
        : InFolder(folder => DocumentReader.ReadMerged([folder], options).Root);

    T InFolder<T>(Func<string, T> read)
    {
        var folder = Directory.CreateTempSubdirectory("weir-corpus-");
        try
        {
            foreach (var (name, text) in Files)
                File.WriteAllText(System.IO.Path.Combine(folder.FullName, System.IO.Path.GetFileName(name)), text);
            return read(folder.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}

/// <summary>Finds the documents of the corpora and puts real values in the place of placeholders.</summary>
static class Corpus
{
    /// <summary>Folders whose files make up one document together.</summary>
    const string WholeFolders = "deck-testdata-extra/reconciler-pkg-file/";

    static readonly string Root = Find();

    public static IEnumerable<CorpusCase> Cases()
    {
        var files = new[] { "deck-testdata", "deck-testdata-extra", "kong-examples" }
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Root, folder), "*", SearchOption.AllDirectories))
            .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
            .Where(file => Path.GetExtension(file) is ".yaml" or ".yml" or ".json")
            .Order(StringComparer.Ordinal);
        foreach (var group in files.GroupBy(file => file.StartsWith(WholeFolders, StringComparison.Ordinal) ? Path.GetDirectoryName(file)! : file))
            yield return new CorpusCase(Folder(group.Key), group.Key, [.. group.Select(file => (file, Text(file)))]);
    }

    static string Folder(string path) => string.Join('/', path.Split('/').Take(path.StartsWith("deck-testdata-extra", StringComparison.Ordinal) ? 3 : 2));

    static string Text(string file)
    {
        var text = Placeholders.Fill(File.ReadAllText(Path.Combine(Root, file)));
        return file.StartsWith("kong-examples/", StringComparison.Ordinal) ? KongExample.Document(file, text) : text;
    }

    static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Weir.slnx")))
                return Path.Combine(folder.FullName, "tests", "Weir.Config.Tests", "Corpus");
        throw new InvalidOperationException("The tests run inside the repository.");
    }
}
