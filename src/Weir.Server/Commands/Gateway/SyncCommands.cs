using System.CommandLine;

namespace Weir.Server;

/// <summary><c>weir gateway sync|diff|apply|validate</c>: a workspace and what files say of it.</summary>
static class SyncCommands
{
    /// <summary>Exit code of a diff that finds differences and was asked to say so.</summary>
    public const int Different = 2;

    public static Command Sync(GatewayPlace place) => Create(place, "sync", "sync", isDryRun: false, """
        Bring a workspace to what files say: what they do not have is deleted. It is one transaction: all of it happens, or nothing.
        """);

    public static Command Apply(GatewayPlace place) => Create(place, "apply", "apply", isDryRun: false, """
        Add and change what files say, and delete nothing: for files that are a part of a workspace.
        """);

    public static Command Diff(GatewayPlace place)
    {
        var nonZero = new Option<bool>("--non-zero-exit-code") { Description = "Exit code 2 when there are differences." };
        var command = Create(place, "diff", "sync", isDryRun: true, "Show what a sync would change.", nonZero);
        return command;
    }

    public static Command Validate(GatewayPlace place)
    {
        var (options, flags) = (new GatewayOptions(), new SyncFlags());
        var (command, files) = New("validate", "Let the control plane check files as it would for a sync, and change nothing.", options, flags);
        command.SetAction((result, cancellation) => GatewayCommand.RunAsync(place, options, result, async call =>
        {
            var read = GatewayFiles.Read(result.GetValue(files) ?? [], place, flags.IsMasking(call.Settings));
            var outcome = await SyncCall.SendAsync(call, read, flags.Read(call.Settings, "sync", isDryRun: true), cancellation);
            return Errors(outcome, place, flags.IsJson(call.Settings)) ? 1 : 0;
        }));
        return command;
    }

    static Command Create(GatewayPlace place, string name, string mode, bool isDryRun, string description, Option<bool>? nonZero = null)
    {
        var (options, flags) = (new GatewayOptions(), new SyncFlags());
        var (command, files) = New(name, description, options, flags);
        if (nonZero is not null) command.Options.Add(nonZero);
        command.SetAction((result, cancellation) => GatewayCommand.RunAsync(place, options, result, async call =>
        {
            var read = GatewayFiles.Read(result.GetValue(files) ?? [], place, flags.IsMasking(call.Settings));
            var outcome = await SyncCall.SendAsync(call, read, flags.Read(call.Settings, mode, isDryRun), cancellation);
            var code = Show(outcome, place, call, flags, read.Mask);
            return code == 0 && nonZero is not null && outcome.Total > 0 && call.Settings.IsOn(nonZero) ? Different : code;
        }));
        return command;
    }

    /// <summary>Prints what became of a sync.</summary>
    /// <returns>The exit code.</returns>
    public static int Show(SyncOutcome outcome, GatewayPlace place, GatewayCall call, SyncFlags flags, Func<string, string> mask)
    {
        var printer = new ChangePrinter(place.Output, call.Colours, mask);
        if (flags.IsJson(call.Settings))
        {
            printer.PrintJson(outcome.Answer, outcome.Errors);
            return outcome.Ok ? 0 : 1;
        }
        if (Errors(outcome, place, isJson: false)) return 1;
        foreach (var warning in outcome.Answer["warnings"]?.AsArray() ?? []) place.Error.WriteLine($"Warning: {mask(warning!.ToString())}");
        if (outcome.IsNewWorkspace) place.Output.WriteLine($"{call.Colours.Added("creating")} workspace {outcome.Workspace}");
        printer.Print(outcome.Answer, flags.IsSilent(call.Settings));
        return 0;
    }

    static bool Errors(SyncOutcome outcome, GatewayPlace place, bool isJson)
    {
        if (outcome.Ok) return false;
        if (isJson) new ChangePrinter(place.Output, new Palette(isColoured: false), static text => text).PrintJson(outcome.Answer, outcome.Errors);
        foreach (var error in outcome.Errors) place.Error.WriteLine($"Error: {error}");
        place.Error.WriteLine($"{ProblemPrinter.Count(outcome.Errors.Count, "error")}; nothing was changed");
        return true;
    }

    static (Command Command, Argument<string[]> Files) New(string name, string description, GatewayOptions options, SyncFlags flags)
    {
        var files = FilesArgument();
        var command = new Command(name, description) { files };
        options.AddTo(command);
        flags.AddTo(command);
        command.Options.Add(new Option<bool>("--yes") { Hidden = true });
        return (command, files);
    }

    public static Argument<string[]> FilesArgument() => new("FILE")
    {
        Description = "Declarative files, or directories of them; several are merged. '-', or none, is standard input.",
        Arity = ArgumentArity.ZeroOrMore,
    };
}
