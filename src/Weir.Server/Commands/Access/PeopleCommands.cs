using System.CommandLine;
using System.Text.Json.Nodes;

namespace Weir.Server;

/// <summary><c>weir user|team|grant …</c>: who there is, and who may do what where.</summary>
static class PeopleCommands
{
    public static Command User(GatewayPlace place)
    {
        var (name, service) = (Name("User."), new Option<bool>("--service") { Description = "A service account: tokens only, no password." });
        var create = new Command("create", "Add a user. The password of a person is asked for, or taken from WEIR_PASSWORD.") { name, service };
        var nameOfDeleted = Name("User.");
        return new Command("user", "Users and service accounts.")
        {
            Ready(place, create, async (result, call, cancellation) =>
            {
                var body = new JsonObject { ["name"] = result.GetValue(name), ["type"] = result.GetValue(service) ? "service" : "person" };
                if (!result.GetValue(service) && LoginCommand.Password(place, optional: true) is { } password) body["password"] = password;
                (await AccessCall.SendAsync(call, HttpMethod.Post, "users", body, cancellation)).OrRefused();
            }),
            Ready(place, new Command("list", "List users."), async (_, call, cancellation) =>
            {
                foreach (var user in await AccessCall.ListAsync(call, "users", cancellation))
                    place.Output.WriteLine($"{user["name"]}  {user["type"]}{(user["enabled"]?.GetValue<bool>() == false ? "  not enabled" : "")}");
            }),
            Ready(place, new Command("delete", "Delete a user with tokens and grants.") { nameOfDeleted }, async (result, call, cancellation) =>
                (await AccessCall.SendAsync(call, HttpMethod.Delete, $"users/{AccessCall.Escape(result.GetValue(nameOfDeleted)!)}", null, cancellation)).OrRefused()),
        };
    }

    public static Command Team(GatewayPlace place)
    {
        var (name, team, user) = (Name("Team."), Name("Team."), new Argument<string>("USER") { Description = "User." });
        var group = new Option<string[]>("--group") { Description = "Group of the OpenID provider whose members are in it; may be repeated.", HelpName = "name" };
        return new Command("team", "Users who are given rights together.")
        {
            Ready(place, new Command("create", "Add a team.") { name, group }, async (result, call, cancellation) =>
            {
                var body = new JsonObject { ["name"] = result.GetValue(name) };
                if (result.GetValue(group) is { Length: > 0 } groups) body["groups"] = new JsonArray([.. groups.Select(static each => (JsonNode)each)]);
                (await AccessCall.SendAsync(call, HttpMethod.Post, "teams", body, cancellation)).OrRefused();
            }),
            Ready(place, new Command("add", "Put a user into a team.") { team, user }, async (result, call, cancellation) =>
            {
                var body = new JsonObject { ["user"] = new JsonObject { ["name"] = result.GetValue(user) } };
                (await AccessCall.SendAsync(call, HttpMethod.Post, $"teams/{AccessCall.Escape(result.GetValue(team)!)}/members", body, cancellation)).OrRefused();
            }),
        };
    }

    public static Command Grant(GatewayPlace place)
    {
        var role = new Argument<string>("ROLE") { Description = "super-admin, admin, editor, read-only, auditor, or a role of your own." };
        var user = new Option<string?>("--user", "-u") { Description = "To this user.", HelpName = "name" };
        var team = new Option<string?>("--team") { Description = "To this team.", HelpName = "name" };
        var all = new Option<bool>("--all-workspaces") { Description = "Everywhere; otherwise in the workspace of --workspace." };
        var command = new Command("grant", """
            Give a role to a user or a team:

                weir grant editor --team orders --workspace orders
            """) { role, user, team, all };
        return Ready(place, command, async (result, call, cancellation) =>
        {
            var body = new JsonObject { ["role"] = result.GetValue(role) };
            if (result.GetValue(user) is { } name) body["user"] = new JsonObject { ["name"] = name };
            if (result.GetValue(team) is { } of) body["team"] = new JsonObject { ["name"] = of };
            if (result.GetValue(all)) body["all_workspaces"] = true;
            else if (call.Workspace is { } workspace) body["workspace"] = new JsonObject { ["name"] = workspace };
            (await AccessCall.SendAsync(call, HttpMethod.Post, "grants", body, cancellation)).OrRefused();
        });
    }

    static Command Ready(GatewayPlace place, Command command, Func<ParseResult, GatewayCall, CancellationToken, Task> run)
    {
        var options = new GatewayOptions();
        options.AddTo(command);
        command.SetAction((result, cancellation) => GatewayCommand.RunAsync(place, options, result, async call =>
        {
            await run(result, call, cancellation);
            return 0;
        }));
        return command;
    }

    static Argument<string> Name(string description) => new("NAME") { Description = description };
}
