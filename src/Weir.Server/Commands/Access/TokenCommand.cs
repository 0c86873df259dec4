using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Weir.Server;

/// <summary><c>weir token …</c>: tokens for programs.</summary>
static class TokenCommand
{
    const string Self = "me";

    public static Command Create(GatewayPlace place) => new("token", """
        Make, list, rotate and revoke tokens for programs that speak to a control plane: in WEIR_TOKEN, or in the header Kong-Admin-Token. A token goes to
        standard output, once.
        """)
    {
        New(place), List(place), Rotate(place), Revoke(place),
    };

    static Command New(GatewayPlace place)
    {
        var (options, name, user) = (new GatewayOptions(), Name(), User());
        var days = Days();
        var command = new Command("create", "Make a token.") { name, user, days };
        return Ready(place, command, options, async (result, call, cancellation) =>
        {
            var body = new JsonObject { ["name"] = result.GetValue(name) };
            if (result.GetValue(days) is { } number) body["expires_in_days"] = number;
            var answer = (await AccessCall.SendAsync(call, HttpMethod.Post, Path(result.GetValue(user)), body, cancellation)).OrRefused();
            place.Output.WriteLine(answer.Json["token"]);
            place.Error.WriteLine($"It ends on {Moment(answer.Json["expires_at"])}. It is not shown again.");
        });
    }

    static Command List(GatewayPlace place)
    {
        var (options, user) = (new GatewayOptions(), User());
        var command = new Command("list", "List tokens.") { user };
        return Ready(place, command, options, async (result, call, cancellation) =>
        {
            foreach (var token in await AccessCall.ListAsync(call, Path(result.GetValue(user)), cancellation))
            {
                var used = token["last_used_at"] is { } at ? Moment(at) : "not since the control plane started";
                place.Output.WriteLine($"{token["name"]}  {token["hint"]}  until {Moment(token["expires_at"])}  used {used}");
            }
        });
    }

    static Command Rotate(GatewayPlace place)
    {
        var (options, name, user, days) = (new GatewayOptions(), Name(), User(), Days());
        var overlap = new Option<int?>("--overlap") { Description = "Seconds that the old token goes on to count; a day when absent.", HelpName = "seconds" };
        var command = new Command("rotate", "Make the successor of a token.") { name, user, days, overlap };
        return Ready(place, command, options, async (result, call, cancellation) =>
        {
            var body = new JsonObject();
            if (result.GetValue(days) is { } number) body["expires_in_days"] = number;
            if (result.GetValue(overlap) is { } seconds) body["overlap_seconds"] = seconds;
            var path = $"{Path(result.GetValue(user))}/{AccessCall.Escape(result.GetValue(name)!)}/rotate";
            var answer = (await AccessCall.SendAsync(call, HttpMethod.Post, path, body, cancellation)).OrRefused();
            place.Output.WriteLine(answer.Json["token"]);
            place.Error.WriteLine($"It ends on {Moment(answer.Json["expires_at"])}. It is not shown again.");
        });
    }

    static Command Revoke(GatewayPlace place)
    {
        var (options, name, user) = (new GatewayOptions(), Name(), User());
        var command = new Command("revoke", "End a token at once.") { name, user };
        return Ready(place, command, options, async (result, call, cancellation) =>
            (await AccessCall.SendAsync(call, HttpMethod.Delete, $"{Path(result.GetValue(user))}/{AccessCall.Escape(result.GetValue(name)!)}", null, cancellation))
                .OrRefused());
    }

    static Command Ready(GatewayPlace place, Command command, GatewayOptions options, Func<ParseResult, GatewayCall, CancellationToken, Task> run)
    {
        options.AddTo(command);
        command.SetAction((result, cancellation) => GatewayCommand.RunAsync(place, options, result, async call =>
        {
            await run(result, call, cancellation);
            return 0;
        }));
        return command;
    }

    static string Path(string? user) => $"users/{AccessCall.Escape(user ?? Self)}/tokens";

    static string Moment(JsonNode? seconds) => long.TryParse(seconds?.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var at)
        ? DateTimeOffset.FromUnixTimeSeconds(at).ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture) : "";

    static Argument<string> Name() => new("NAME") { Description = "Name of the token." };

    static Option<string?> User() => new("--user", "-u") { Description = "Whose token; your own when absent.", HelpName = "name" };

    static Option<int?> Days() => new("--days") { Description = "Days that it counts; 90 when absent.", HelpName = "days" };
}
