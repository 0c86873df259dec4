using Weir.Config;

namespace Weir.Control.Tests;

/// <summary>Files and planes.</summary>
static class Sync
{
    public static MapNode File(string yaml)
    {
        var (root, problems) = DocumentReader.ReadFilled("kong.yaml", "_format_version: \"3.0\"\n" + yaml, Planes.Read);
        return root ?? throw new InvalidOperationException(string.Join('\n', problems));
    }

    public static async Task<(Commit Commit, SyncPlan Plan)> SyncAsync(this ControlPlane plane, string yaml, SyncOptions? options = null)
    {
        var plan = new SyncPlan(File(yaml), options ?? new SyncOptions(), Planes.Read.Limits);
        var commit = await plane.CommitAsync(new Author("test"), draft => plan.Apply(draft, ControlState.DefaultWorkspace),
            new CommitOptions(PasswordsAreHashed: plan.PasswordsAreHashed), TestContext.Current.CancellationToken);
        return (commit, plan);
    }

    public static string Dump(this ControlPlane plane, DumpOptions? options = null) =>
        DeckYaml.Write(StateDump.Of(plane.Current, ControlState.DefaultWorkspace, options ?? new DumpOptions(), Planes.Read));
}
