using System.CommandLine;

namespace Weir.Server;

/// <summary><c>weir gateway reset</c>: deletes everything of a workspace.</summary>
static class ResetCommand
{
    public static Command Create(GatewayPlace place)
    {
        var (options, flags) = (new GatewayOptions(), new SyncFlags());
        var force = new Option<bool>("--force", "-f") { Description = "Do not ask." };
        var all = new Option<bool>("--all-workspaces") { Description = "In every workspace." };
        var command = new Command("reset", """
            Delete everything of a workspace, or everything with some tags. The journal keeps it: a rollback brings it back.
            """) { force, all };
        options.AddTo(command);
        flags.AddTo(command);
        command.SetAction((result, cancellation) => GatewayCommand.RunAsync(place, options, result, async call =>
        {
            var isAll = call.Settings.IsOn(all);
            if (isAll && call.Workspace is not null) throw new GatewayException("--workspace and --all-workspaces exclude each other");
            var of = isAll ? "of all workspaces" : $"of the workspace '{call.Workspace ?? "default"}'";
            if (!call.Settings.IsOn(force) && !place.Agrees($"This deletes all configuration {of}. Are you sure?"))
                throw new GatewayException("nothing was deleted; --force deletes without asking");
            IReadOnlyList<string?> workspaces = isAll ? [.. await DumpCommand.WorkspacesAsync(call, cancellation)] : [call.Workspace];
            foreach (var workspace in workspaces)
            {
                var settings = flags.Read(call.Settings, "reset", isDryRun: false);
                var outcome = await SyncCall.SendAsync(call with { Workspace = workspace, SkipsWorkspace = true }, null, settings, cancellation);
                if (SyncCommands.Show(outcome, place, call, flags, static text => text) is var code and not 0) return code;
            }
            return 0;
        }));
        return command;
    }
}
