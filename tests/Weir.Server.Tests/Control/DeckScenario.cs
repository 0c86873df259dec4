using Weir.Config;
using Weir.Config.Tests;
using Weir.Control;

namespace Weir.Server.Tests;

/// <summary>What is done with the files of one folder of decK's own tests, one step after the other, on one control plane.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="Steps">
/// <c>sync FILE</c>, <c>apply FILE</c>: must be done, and a second diff is empty. <c>same FILE</c>: nothing is to be changed. <c>refuse FILE: TEXT</c>: is
/// refused with this text, and nothing is changed. <c>dump FILE</c>: the state is that of the file. <c>reset</c>, <c>reset-but-ca</c>: everything is deleted.
/// </param>
sealed record DeckScenario(string Folder, params string[] Steps)
{
    const string Root = "deck-testdata/";

    static readonly Dictionary<string, CorpusCase> Documents =
        Corpus.Cases().Where(static each => each.Files.Count == 1).ToDictionary(static each => each.Path);

    /// <summary>The files that it uses.</summary>
    public IEnumerable<string> Files => Steps.Select(static step => step.Split(' ', 3)).Where(static parts => parts.Length > 1)
        .Select(parts => $"{Root}{Folder}/{parts[1].TrimEnd(':')}");

    /// <summary>What is wrong; null when nothing is.</summary>
    public async Task<string?> RunAsync()
    {
        await using var plane = await SyncedPlane.OpenAsync();
        foreach (var step in Steps)
            if (await RunAsync(plane, step) is { } wrong) return $"{Folder}: {step}: {wrong}";
        return null;
    }

    async Task<string?> RunAsync(SyncedPlane plane, string step)
    {
        var parts = step.Split(' ', 3);
        switch (parts[0])
        {
            case "sync":
                return await ChangeAsync(plane, Document(parts[1]), new SyncOptions());
            case "sync-but-ca":
                return await ChangeAsync(plane, Document(parts[1]), new SyncOptions { SkipsCaCertificates = true });
            case "sync-but-consumers":
                return await ChangeAsync(plane, Document(parts[1]), new SyncOptions { SkipsConsumers = true });
            case "apply":
                return await ChangeAsync(plane, Document(parts[1]), new SyncOptions { Deletes = false });
            case "same":
                var again = await plane.SyncAsync(Document(parts[1]), isDryRun: true);
                return again is { Ok: true, Changes.Count: 0 } ? null : SyncedPlane.Text(again);
            case "refuse":
                return await RefuseAsync(plane, Document(parts[1].TrimEnd(':')), parts[2]);
            case "dump":
                return await DumpAsync(plane, Document(parts[1]));
            case "reset":
                return await ChangeAsync(plane, Empty, new SyncOptions());
            case "reset-but-ca":
                return await ChangeAsync(plane, Empty, new SyncOptions { SkipsCaCertificates = true });
            case "left":
                var left = ControlKinds.All.Where(kind => plane.Plane.Current.Table(ControlState.DefaultWorkspace, kind).Count > 0)
                    .Select(static kind => kind.Name);
                return string.Join(',', left) is var names && names == parts[1] ? null : $"{names} are left";
            default:
                return "no such step";
        }
    }

    static MapNode Empty { get; } = SyncedPlane.Read("""_format_version: "3.0" """);

    MapNode Document(string file) => Documents[$"{Root}{Folder}/{file}"].Root(SyncedPlane.Options)!;

    static async Task<string?> ChangeAsync(SyncedPlane plane, MapNode root, SyncOptions options)
    {
        if (await plane.SyncAsync(root, options) is { Ok: false } refused) return SyncedPlane.Text(refused);
        var again = await plane.SyncAsync(root, options, isDryRun: true);
        return again is { Ok: true, Changes.Count: 0 } ? null : "a second diff is not empty: " + SyncedPlane.Text(again);
    }

    static async Task<string?> RefuseAsync(SyncedPlane plane, MapNode root, string text)
    {
        var before = plane.Plane.Current;
        var commit = await plane.SyncAsync(root);
        if (commit.Ok) return "was not refused";
        if (!ReferenceEquals(before, plane.Plane.Current)) return "was refused, and something was changed";
        return commit.Refusals.Any(refusal => refusal.Message.Contains(text, StringComparison.Ordinal)) ? null : SyncedPlane.Text(commit);
    }

    /// <summary>The state is what the file says when a dump of it is the dump of the file's state, whatever ids and times they have.</summary>
    static async Task<string?> DumpAsync(SyncedPlane plane, MapNode expected)
    {
        await using var other = await SyncedPlane.OpenAsync();
        if (await other.SyncAsync(expected) is { Ok: false } refused) return "the expected state is refused: " + SyncedPlane.Text(refused);
        var (mine, theirs) = (DeckYaml.Write(plane.Dump()), DeckYaml.Write(other.Dump()));
        return mine == theirs ? null : $"expected\n{theirs}\nfound\n{mine}";
    }
}
