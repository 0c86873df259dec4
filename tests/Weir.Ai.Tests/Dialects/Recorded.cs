using System.Text.Json.Nodes;

namespace Weir.Ai.Tests;

/// <summary>Recorded exchanges and answers: the files under Data/.</summary>
static class Recorded
{
    public static string Folder(string provider)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Weir.slnx"))) return Path.Combine(folder.FullName, "tests", "Weir.Ai.Tests", "Data", provider);
        throw new InvalidOperationException($"no Weir.slnx above {AppContext.BaseDirectory}");
    }

    /// <summary>The lines of exchanges.jsonl.</summary>
    public static IEnumerable<JsonObject> Exchanges(string provider) =>
        File.ReadLines(Path.Combine(Folder(provider), "exchanges.jsonl")).Select(static line => JsonNode.Parse(line)!.AsObject());

    public static IEnumerable<string> Files(string provider, string pattern) => Directory.EnumerateFiles(Folder(provider), pattern).Order(StringComparer.Ordinal);
}
