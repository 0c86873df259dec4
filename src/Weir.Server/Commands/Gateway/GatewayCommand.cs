using System.CommandLine;

namespace Weir.Server;

/// <summary><c>weir gateway …</c>: decK's verbs against a control plane of Weir. One verb, one method.</summary>
static class GatewayCommand
{
    public static Command Create(GatewayPlace? place = null)
    {
        place ??= GatewayPlace.Console;
        return new Command("gateway", """
            Compare files with a control plane, and bring it to what they say: verbs and flags are those of decK. And gateways that follow a control plane:
            run, join-token, list, revoke, forget.
            """)
        {
            Ping(place),
            SyncCommands.Validate(place),
            SyncCommands.Diff(place),
            SyncCommands.Sync(place),
            SyncCommands.Apply(place),
            DumpCommand.Create(place),
            ResetCommand.Create(place),
            FollowCommands.Run(),
            FollowCommands.JoinToken(place),
            FollowCommands.List(place),
            FollowCommands.Revoke(place),
            FollowCommands.Forget(place),
            GuardrailCommands.Violations(place),
        };
    }

    /// <summary>Runs a command; what stops it is printed.</summary>
    public static async Task<int> RunAsync(GatewayPlace place, GatewayOptions options, ParseResult result, Func<GatewayCall, Task<int>> run)
    {
        try
        {
            using var call = options.Read(result, place);
            return await run(call);
        }
        catch (GatewayException stopped)
        {
            await place.Error.WriteLineAsync($"Error: {stopped.Message}");
            return 1;
        }
    }

    static Command Ping(GatewayPlace place)
    {
        var options = new GatewayOptions();
        var command = new Command("ping", "Say whether the control plane can be reached, and which version of Kong it speaks as.");
        options.AddTo(command);
        command.SetAction((result, cancellation) => RunAsync(place, options, result, async call =>
        {
            var reply = (await call.Client.GetAsync(null, "", cancellation)).OrRefused();
            place.Output.WriteLine("Successfully connected to Kong!");
            place.Output.WriteLine($"Kong version:  {reply.Json["version"] ?? "unknown"}");
            return 0;
        }));
        return command;
    }
}
