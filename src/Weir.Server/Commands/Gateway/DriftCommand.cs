using System.CommandLine;
using System.Globalization;

namespace Weir.Server;

/// <summary><c>weir drift FILES</c>: whether a workspace is still what files say.</summary>
static class DriftCommand
{
    const int IntervalDefault = 30;

    public static Command Create(GatewayPlace place)
    {
        var (options, flags, files) = (new GatewayOptions(), new SyncFlags(), SyncCommands.FilesArgument());
        var watch = new Option<bool>("--watch") { Description = "Go on looking until it is stopped, and print whenever it becomes another drift." };
        var interval = new Option<string?>("--interval") { Description = $"Seconds between two looks (default {IntervalDefault}).", HelpName = "seconds" };
        var command = new Command("drift", "Say whether a workspace is still what files say. Exit code 2 when it is not.") { files, watch, interval };
        options.AddTo(command);
        flags.AddTo(command);
        command.SetAction((result, cancellation) => GatewayCommand.RunAsync(place, options, result, async call =>
        {
            var read = GatewayFiles.Read(result.GetValue(files) ?? [], place, flags.IsMasking(call.Settings));
            var settings = flags.Read(call.Settings, "sync", isDryRun: true);
            var isWatching = call.Settings.IsOn(watch);
            var every = Interval(call.Settings.Text(interval));
            for (var last = "-"; ;)
            {
                var outcome = await SyncCall.SendAsync(call, read, settings, cancellation);
                var seen = outcome.Answer["changes"]?.ToJsonString() ?? "";
                var code = seen == last ? Code(outcome) : Show(outcome, place, call, flags, read, isWatching);
                last = seen;
                if (!isWatching || !outcome.Ok) return code;
                try
                {
                    await Task.Delay(every, place.Time, cancellation);
                }
                catch (OperationCanceledException)
                {
                    return code;
                }
            }
        }));
        return command;
    }

    static int Code(SyncOutcome outcome) => !outcome.Ok ? 1 : outcome.Total > 0 ? SyncCommands.Different : 0;

    static int Show(SyncOutcome outcome, GatewayPlace place, GatewayCall call, SyncFlags flags, GatewayFiles files, bool isWatching)
    {
        if (isWatching) place.Output.WriteLine(call.Colours.Quiet(place.Time.GetUtcNow().ToString("u", CultureInfo.InvariantCulture)));
        if (outcome is { Ok: true, Total: 0 } && !flags.IsJson(call.Settings)) place.Output.WriteLine("no drift: the workspace is what the files say");
        else if (SyncCommands.Show(outcome, place, call, flags, files.Mask) is var failed and not 0) return failed;
        return Code(outcome);
    }

    static TimeSpan Interval(string? text)
    {
        if (text is null) return TimeSpan.FromSeconds(IntervalDefault);
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds > 0) return TimeSpan.FromSeconds(seconds);
        throw new GatewayException($"--interval: expected seconds, found '{text}'");
    }
}
