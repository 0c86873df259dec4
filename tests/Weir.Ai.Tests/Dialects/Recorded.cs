using System.Text.Json;
using System.Text.Json.Nodes;

namespace Weir.Ai.Tests;

/// <summary>One recorded exchange with a provider: what was asked, and what it answered.</summary>
sealed record Recorded(string Id, string Path, bool Stream, int Status, JsonElement Request, string Response)
{
    /// <summary>All exchanges of a folder of Data.</summary>
    public static List<Recorded> All(string folder)
    {
        List<Recorded> all = [];
        foreach (var line in File.ReadLines(System.IO.Path.Combine(Folder(folder), "exchanges.jsonl")))
        {
            using var row = JsonDocument.Parse(line);
            var root = row.RootElement.Clone();
            all.Add(new Recorded(
                root.GetProperty("id").GetString()!,
                root.GetProperty("path").GetString()!,
                root.GetProperty("stream").GetBoolean(),
                root.GetProperty("status").GetInt32(),
                root.GetProperty("request"),
                root.GetProperty("response").GetString()!));
        }
        return all;
    }

    public static string Folder(string name)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Weir.slnx")))
                return System.IO.Path.Combine(folder.FullName, "tests", "Weir.Ai.Tests", "Data", name);
        throw new InvalidOperationException("The tests run inside the repository.");
    }

    /// <summary>The lines of exchanges.jsonl.</summary>
    public static IEnumerable<JsonObject> Exchanges(string provider) =>
        File.ReadLines(System.IO.Path.Combine(Folder(provider), "exchanges.jsonl")).Select(static line => JsonNode.Parse(line)!.AsObject());

    public static IEnumerable<string> Files(string provider, string pattern) =>
        Directory.EnumerateFiles(Folder(provider), pattern).Order(StringComparer.Ordinal);
}
