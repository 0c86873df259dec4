using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Weir.Server;

/// <summary>Gateways that follow a control plane: running one, and what the control plane says of them.</summary>
static class FollowCommands
{
    /// <summary><c>weir gateway run --control URL</c>.</summary>
    public static Command Run() => RunCommand.Create("""
        Run a gateway that follows a control plane elsewhere. It enrols with a join token, keeps its identity and the last configuration in --data, and
        serves, and starts, while the control plane is away.
        """,
    [
        ("--control", "cluster_control_plane", "url", "The control plane, as https://host:8005."),
        ("--join-token", "cluster_join_token", "token", "Token to enrol with, the first time; better in the environment: WEIR_CLUSTER_JOIN_TOKEN."),
    ]);

    public static Command JoinToken(GatewayPlace place)
    {
        var options = new GatewayOptions();
        var uses = new Option<string?>("--uses") { Description = "How many gateways may enrol with it (default 1).", HelpName = "number" };
        var life = new Option<string?>("--ttl") { Description = "How long it is good for: 90s, 15m (default), 24h, 7d.", HelpName = "time" };
        var name = new Option<string?>("--name") { Description = "What it is for.", HelpName = "text" };
        var command = new Command("join-token", "Make a token that a gateway enrols with. It is printed here and kept nowhere.") { uses, life, name };
        options.AddTo(command);
        command.SetAction((result, cancellation) => GatewayCommand.RunAsync(place, options, result, async call =>
        {
            var body = new JsonObject();
            if (result.GetValue(uses) is { } count) body["uses"] = count;
            if (result.GetValue(life) is { } time) body["ttl_seconds"] = Seconds(time);
            if (result.GetValue(name) is { } text) body["name"] = text;
            var reply = (await call.Client.SendAsync(HttpMethod.Post, null, "gateways/join-tokens", Bytes(body), cancellation)).OrRefused();
            place.Output.WriteLine(reply.Json["token"]);
            place.Error.WriteLine($"good until {reply.Json["expires_at"]}, gateways: {reply.Json["uses_max"]}; use it with");
            place.Error.WriteLine("  weir gateway run --control https://HOST:8005 --data FOLDER --join-token TOKEN");
            return 0;
        }));
        return command;
    }

    public static Command List(GatewayPlace place)
    {
        var options = new GatewayOptions();
        var json = new Option<bool>("--json-output") { Description = "Print what the control plane answers." };
        var command = new Command("list", "List the gateways that follow, and how each is. Exit code 2 when one is not well.") { json };
        options.AddTo(command);
        command.SetAction((result, cancellation) => GatewayCommand.RunAsync(place, options, result, async call =>
        {
            var reply = (await call.Client.GetAsync(null, "gateways", cancellation)).OrRefused();
            var gateways = reply.Json["data"]?.AsArray() ?? [];
            if (result.GetValue(json)) place.Output.WriteLine(reply.Json.ToJsonString());
            else GatewayTable.Write(gateways, place.Output, call.Colours, place.Time.GetUtcNow());
            return gateways.All(static gateway => GatewayTable.IsWell(gateway!.AsObject())) ? 0 : SyncCommands.Different;
        }));
        return command;
    }

    public static Command Revoke(GatewayPlace place) => ById(
        place, "revoke", "Cut a gateway off: it gets nothing more, and serves what it has until it is stopped.",
        "is revoked; it serves what it has until it is stopped", static (call, id, cancellation) =>
            call.Client.SendAsync(HttpMethod.Patch, null, "gateways/" + id, Bytes(new JsonObject { ["revoked"] = true }), cancellation));

    public static Command Forget(GatewayPlace place) => ById(place, "forget", "Delete a gateway from the list; one that still runs is cut off.",
        "is forgotten", static (call, id, cancellation) => call.Client.SendAsync(HttpMethod.Delete, null, "gateways/" + id, null, cancellation));

    static Command ById(
        GatewayPlace place, string verb, string description, string done, Func<GatewayCall, string, CancellationToken, Task<ControlReply>> send)
    {
        var options = new GatewayOptions();
        var named = new Argument<string>("GATEWAY") { Description = "Its id, or its name when no other has it." };
        var command = new Command(verb, description) { named };
        options.AddTo(command);
        command.SetAction((result, cancellation) => GatewayCommand.RunAsync(place, options, result, async call =>
        {
            var id = await FindAsync(call, result.GetRequiredValue(named), cancellation);
            (await send(call, id, cancellation)).OrRefused();
            place.Output.WriteLine($"gateway {id} {done}");
            return 0;
        }));
        return command;
    }

    static async Task<string> FindAsync(GatewayCall call, string named, CancellationToken cancellation)
    {
        var gateways = (await call.Client.GetAsync(null, "gateways", cancellation)).OrRefused().Json["data"]?.AsArray() ?? [];
        var found = gateways.Select(static gateway => gateway!.AsObject())
            .Where(gateway => Text(gateway, "id") == named || Text(gateway, "name") == named).Select(static gateway => Text(gateway, "id")).ToList();
        return found switch
        {
            [var only] => only,
            [] => throw new GatewayException($"there is no gateway '{named}'"),
            _ => throw new GatewayException($"{found.Count} gateways are called '{named}': say which by its id ({string.Join(", ", found)})"),
        };
    }

    static string Text(JsonObject json, string field) => json[field]?.ToString() ?? "";

    static byte[] Bytes(JsonObject json) => System.Text.Encoding.UTF8.GetBytes(json.ToJsonString());

    static long Seconds(string text)
    {
        var unit = text.Length > 0 ? text[^1] : ' ';
        var factor = unit switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86_400, _ => 0 };
        if (factor > 0 && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return (long)number * factor;
        throw new GatewayException($"--ttl: expected a time such as 90s, 15m, 24h or 7d, found '{text}'");
    }
}
