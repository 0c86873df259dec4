using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Config;
using Weir.Config.Tests;
using Weir.Control;
using Weir.Control.Tests;

namespace Weir.Server.Tests;

/// <summary>A control plane with every plugin of the catalog that files are synced into.</summary>
sealed class SyncedPlane : IAsyncDisposable
{
    public static readonly ReadOptions Options = new()
    {
        Plugins = Catalog.All.ToDictionary(static kind => kind.Name),
        Environment = CorpusRun.Value,
        ResolveSecrets = false,
        AllowUnknownPlugins = true,
    };

    SyncedPlane(ControlPlane plane) => Plane = plane;

    public ControlPlane Plane { get; }

    public static async Task<SyncedPlane> OpenAsync() => new(await ControlPlane.OpenAsync(
        new MemoryJournal(), new ControlParts(Options, TimeProvider.System, Guid.NewGuid, NullLogger.Instance), TestContext.Current.CancellationToken));

    public ValueTask DisposeAsync() => Plane.DisposeAsync();

    public Task<Commit> SyncAsync(MapNode root, SyncOptions? options = null, bool isDryRun = false)
    {
        var plan = new SyncPlan(root, options ?? new SyncOptions(), Options.Limits);
        var errors = plan.Problems.Where(static problem => problem.Severity == Severity.Error).Select(static problem => problem.ToString()).ToList();
        Assert.True(errors.Count == 0, string.Join('\n', errors));
        return Plane.CommitAsync(new Author("test"), draft => plan.Apply(draft, ControlState.DefaultWorkspace),
            new CommitOptions(isDryRun, PasswordsAreHashed: plan.PasswordsAreHashed), TestContext.Current.CancellationToken);
    }

    public MapNode Dump(DumpOptions? options = null) => StateDump.Of(Plane.Current, ControlState.DefaultWorkspace, options ?? new DumpOptions(), Options);

    public static MapNode Read(string yaml) => DocumentReader.ReadFilled("dump.yaml", yaml, Options).Root!;

    public static string Text(Commit commit) => string.Join("; ", commit.Refusals.Select(static refusal => $"{refusal.Entity}: {refusal.Message}"))
        + string.Join("; ", commit.Changes.Select(static change => $"{change.Kind} {Text(change.Before)} -> {Text(change.After)}"));

    static string Text(ReadOnlyMemory<byte>? json) => json is { } bytes ? Encoding.UTF8.GetString(bytes.Span) : "";
}
