using System.CommandLine;
using System.Text.Json.Nodes;

namespace Weir.Server;

/// <summary><c>weir login</c> and <c>weir logout</c>: who works at this terminal.</summary>
static class LoginCommand
{
    const string PasswordVariable = "WEIR_PASSWORD";

    public static Command Login(GatewayPlace place)
    {
        var options = new GatewayOptions();
        var name = new Option<string?>("--name", "-n") { Description = "Name of the user.", HelpName = "name" };
        var first = new Option<string?>("--first")
        {
            Description = "Token that the control plane printed at its first start: makes the first administrator.",
            HelpName = "token",
        };
        var print = new Option<bool>("--print") { Description = "Print the token; keep it nowhere." };
        var command = new Command("login", $"""
            Say who you are, once: the commands that follow speak to the control plane as this user. The password is asked for, or taken from
            {PasswordVariable}, or read from standard input.
            """) { name, first, print };
        options.AddTo(command);
        command.SetAction((result, cancellation) => GatewayCommand.RunAsync(place, options, result, async call =>
        {
            var user = result.GetValue(name) ?? throw new GatewayException("--name: whose login is it?");
            var body = new JsonObject { ["name"] = user };
            var token = result.GetValue(first);
            if (token is not null) body["token"] = token;
            if (Password(place, optional: token is not null) is { } password) body["password"] = password;
            var answer = (await AccessCall.SendAsync(call, HttpMethod.Post, token is null ? "auth/login" : "auth/first-admin", body, cancellation)).OrRefused();
            var given = answer.Json["token"]!.ToString();
            if (result.GetValue(print)) place.Output.WriteLine(given);
            else SavedTokens.Save(place, call.Client.Address, given);
            place.Error.WriteLine($"{user} is signed in at {call.Client.Address} until {answer.Json["expires_at"]}");
            return 0;
        }));
        return command;
    }

    public static Command Logout(GatewayPlace place)
    {
        var options = new GatewayOptions();
        var command = new Command("logout", "End the session of weir login and forget its token.");
        options.AddTo(command);
        command.SetAction((result, cancellation) => GatewayCommand.RunAsync(place, options, result, async call =>
        {
            // The token is forgotten here, whatever the control plane says.
            SavedTokens.Save(place, call.Client.Address, null);
            await AccessCall.SendAsync(call, HttpMethod.Post, "auth/logout", null, cancellation);
            return 0;
        }));
        return command;
    }

    /// <summary>A password, never from the command line: there, everybody on the machine sees it.</summary>
    public static string? Password(GatewayPlace place, bool optional = false)
    {
        if (place.Environment(PasswordVariable) is { Length: > 0 } given) return given;
        if (place.IsTerminal)
        {
            place.Output.Write(optional ? "Password (empty for none, tokens only): " : "Password: ");
            var typed = place.ReadSecret();
            if (typed.Length > 0 || optional) return typed.Length > 0 ? typed : null;
        }
        else if (place.Input().ReadLine() is { Length: > 0 } line)
        {
            return line;
        }
        return optional ? null : throw new GatewayException($"a password is needed: at a terminal, in {PasswordVariable}, or as a line of standard input");
    }
}
