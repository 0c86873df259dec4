using System.Text.Json.Nodes;

namespace Weir.Acceptance;

/// <summary>The access log of a test's gateway, as a file.</summary>
sealed class LogFile : IDisposable
{
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("weir-log-");

    public string Path => System.IO.Path.Combine(_folder.FullName, "access.log");

    /// <summary>The first lines, when so many are there.</summary>
    public async Task<string[]> LinesAsync(int count)
    {
        await Poll.UntilAsync(() => Read().Length >= count, $"{count} lines in the log");
        var lines = Read();
        Assert.Equal(count, lines.Length);
        return lines;
    }

    public async Task<JsonNode> OnlyEntryAsync() => JsonNode.Parse((await LinesAsync(1))[0])!;

    public void Dispose() => _folder.Delete(recursive: true);

    string[] Read()
    {
        if (!File.Exists(Path)) return [];
        using var reader = new StreamReader(new FileStream(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        var text = reader.ReadToEnd();
        // A line that is still being written does not count.
        return text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
