using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Config;
using Weir.Config.Tests;
using Weir.Control;
using Weir.Control.Tests;

namespace Weir.Server.Tests;

/// <summary>Every document of the corpora that can be run is synced into a control plane with every plugin of the catalog.</summary>
public sealed class SyncCorpusTests(ITestOutputHelper output)
{
    static readonly ReadOptions Options = new()
    {
        Plugins = Catalog.All.ToDictionary(static kind => kind.Name),
        Environment = CorpusRun.Value,
        ResolveSecrets = false,
        AllowUnknownPlugins = true,
    };

    [Fact]
    public async Task A_second_sync_of_the_same_document_changes_nothing()
    {
        List<string> wrong = [];
        var count = 0;
        foreach (var document in Corpus.Cases())
        {
            if (document.Read(Options).Document is null || document.Root(Options) is not { } root) continue;
            count++;
            await using var plane = await OpenAsync();
            var first = await SyncAsync(plane, root);
            // What another file brings is not there.
            if (!first.Ok && Info(root, "default_lookup_tags")) continue;
            if (!first.Ok) wrong.Add($"{document.Path}: {Text(first)}");
            else if (await SyncAsync(plane, root) is var again && (again.Changes.Count > 0 || !again.Ok)) wrong.Add($"{document.Path}: again {Text(again)}");
        }
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count} documents, {wrong.Count} wrong"));
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.True(count > 300, $"only {count} documents found");
    }

    [Fact]
    public async Task The_state_after_a_sync_is_that_of_the_document_wherever_it_started()
    {
        List<string> wrong = [];
        ControlPlane? plane = null;
        try
        {
            plane = await OpenAsync();
            foreach (var document in Corpus.Cases())
            {
                if (document.Read(Options).Document is null || document.Root(Options) is not { } root || IsPart(root)) continue;
                await using var fresh = await OpenAsync();
                await SyncAsync(fresh, root);
                if (await SyncAsync(plane, root) is { Ok: false } refused) wrong.Add($"{document.Path}: {Text(refused)}");
                else if (Names(fresh) is var expected && Names(plane) is var actual && expected != actual)
                    wrong.Add($"{document.Path}: expected {expected}, found {actual}");
            }
        }
        finally
        {
            if (plane is not null) await plane.DisposeAsync();
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    /// <summary>A document of some tags leaves others alone.</summary>
    static bool IsPart(MapNode root) => Info(root, "select_tags") || Info(root, "default_lookup_tags");

    static bool Info(MapNode root, string key) => (root.Find("_info") as MapNode)?.Find(key) is not null;

    static string Names(ControlPlane plane)
    {
        var text = new StringBuilder();
        foreach (var kind in ControlKinds.All)
            if (plane.Current.Table(ControlState.DefaultWorkspace, kind) is { Count: > 0 } table)
                text.Append(kind.Name).Append(' ').AppendJoin(',', table.All.Select(static entity => entity.Name).Order(StringComparer.Ordinal)).Append("; ");
        return text.ToString();
    }

    static string Text(Commit commit) => string.Join("; ", commit.Refusals.Select(static refusal => $"{refusal.Entity}: {refusal.Message}"))
        + string.Join("; ", commit.Changes.Select(static change =>
            $"{change.Kind} {(change.Before is null ? "" : Encoding.UTF8.GetString(change.Before.Value.Span))} -> "
            + (change.After is null ? "" : Encoding.UTF8.GetString(change.After.Value.Span))));

    static Task<Commit> SyncAsync(ControlPlane plane, MapNode root)
    {
        var plan = new SyncPlan(root, new SyncOptions(), Options.Limits);
        Assert.DoesNotContain(plan.Problems, static problem => problem.Severity == Severity.Error);
        return plane.CommitAsync(new Author("test"), draft => plan.Apply(draft, ControlState.DefaultWorkspace),
            new CommitOptions(PasswordsAreHashed: plan.PasswordsAreHashed), TestContext.Current.CancellationToken);
    }

    static Task<ControlPlane> OpenAsync() => ControlPlane.OpenAsync(
        new MemoryJournal(), new ControlParts(Options, TimeProvider.System, Guid.NewGuid, NullLogger.Instance), TestContext.Current.CancellationToken);
}
