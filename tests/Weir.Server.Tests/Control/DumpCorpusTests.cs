using System.Globalization;
using Weir.Config.Tests;
using Weir.Control;

namespace Weir.Server.Tests;

/// <summary>Every document of the corpora that can be run, synced and dumped.</summary>
public sealed class DumpCorpusTests(ITestOutputHelper output)
{
    static readonly (string Name, DumpOptions Options)[] Forms =
    [
        ("plain", new DumpOptions()), ("with ids", new DumpOptions { WithIds = true }), ("without defaults", new DumpOptions { SkipsDefaults = true }),
    ];

    [Fact]
    public async Task A_dump_synced_again_changes_nothing_and_is_dumped_as_the_same_bytes()
    {
        List<string> wrong = [];
        var count = 0;
        await EachAsync(async (path, plane) =>
        {
            count++;
            foreach (var (name, options) in Forms)
            {
                var text = DeckYaml.Write(plane.Dump(options));
                var again = await plane.SyncAsync(SyncedPlane.Read(text));
                if (!again.Ok || again.Changes.Count > 0) wrong.Add($"{path} ({name}): {SyncedPlane.Text(again)}");
                else if (DeckYaml.Write(plane.Dump(options)) != text) wrong.Add($"{path} ({name}): other bytes");
            }
        });
        Show(count, wrong);
    }

    [Fact]
    public async Task A_dump_brings_an_empty_workspace_to_the_same_dump()
    {
        List<string> wrong = [];
        var count = 0;
        await EachAsync(async (path, plane) =>
        {
            count++;
            foreach (var (name, options) in Forms)
            {
                var text = DeckYaml.Write(plane.Dump(options));
                await using var fresh = await SyncedPlane.OpenAsync();
                var synced = await fresh.SyncAsync(SyncedPlane.Read(text));
                if (!synced.Ok) wrong.Add($"{path} ({name}): {SyncedPlane.Text(synced)}");
                else if (DeckYaml.Write(fresh.Dump(options)) is var other && other != text) wrong.Add($"{path} ({name}): {Difference(text, other)}");
            }
        });
        Show(count, wrong);
    }

    static async Task EachAsync(Func<string, SyncedPlane, Task> check)
    {
        foreach (var document in Corpus.Cases())
        {
            if (document.Read(SyncedPlane.Options).Document is null || document.Root(SyncedPlane.Options) is not { } root) continue;
            await using var plane = await SyncedPlane.OpenAsync();
            // What another file brings is not there.
            if (await plane.SyncAsync(root) is { Ok: true }) await check(document.Path, plane);
        }
    }

    void Show(int count, List<string> wrong)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count} documents, {wrong.Count} wrong"));
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.True(count > 300, $"only {count} documents were dumped");
    }

    static string Difference(string expected, string actual)
    {
        var (left, right) = (expected.Split('\n'), actual.Split('\n'));
        var at = Enumerable.Range(0, Math.Max(left.Length, right.Length)).First(i => i >= left.Length || i >= right.Length || left[i] != right[i]);
        return $"line {at + 1}: {left.ElementAtOrDefault(at)} became {right.ElementAtOrDefault(at)}";
    }
}
