using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Weir.Control;

namespace Weir.Server;

/// <summary><c>weir history</c>, <c>weir blame</c> and <c>weir rollback</c>: what happened, by whom, and the way back.</summary>
static class HistoryCommands
{
    const int ValueCharsMax = 60;

    static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    static readonly JsonSerializerOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command History(GatewayPlace place)
    {
        var options = new GatewayOptions();
        var json = new Option<bool>("--json-output") { Description = "Print JSON." };
        var size = new Option<string?>("--size") { Description = "How many transactions (default 20).", HelpName = "number" };
        (Option<string?> Option, string Parameter)[] filters =
        [
            (new("--actor") { Description = "Only those of this user." }, "actor"),
            (new("--kind") { Description = "Only changes of entities of this kind." }, "kind"),
            (new("--id") { Description = "Only changes of this entity." }, "id"), (new("--since") { Description = "Only from this moment on." }, "since"),
            (new("--until") { Description = "Only before this moment." }, "until"),
        ];
        var command = new Command("history", "List what was changed, the newest first: revision, time, who, why, and how many entities.") { json, size };
        foreach (var (option, _) in filters) command.Options.Add(option);
        options.AddTo(command);
        command.SetAction((result, cancellation) => GatewayCommand.RunAsync(place, options, result, async call =>
        {
            var query = new StringBuilder("journal?last=1&size=").Append(Uri.EscapeDataString(call.Settings.Text(size) ?? "20"));
            foreach (var (option, parameter) in filters)
                if (call.Settings.Text(option) is { } value)
                    query.Append('&').Append(parameter).Append('=').Append(Uri.EscapeDataString(parameter == "kind" ? KindOf(value) : value));
            if (call.Workspace is { } workspace) query.Append("&workspace=").Append(Uri.EscapeDataString(workspace));
            var answer = (await call.Client.GetAsync(null, query.ToString(), cancellation)).OrRefused().Json;
            if (call.Settings.IsOn(json)) place.Output.WriteLine(answer.ToJsonString(Indented));
            else foreach (var transaction in answer["data"]!.AsArray().Reverse()) place.Output.WriteLine(Line(transaction!.AsObject()));
            return 0;
        }));
        return command;
    }

    public static Command Blame(GatewayPlace place)
    {
        var options = new GatewayOptions();
        var kind = new Argument<string>("KIND") { Description = "Kind of the entity: service, routes, key-auths…" };
        var id = new Argument<string>("ID") { Description = "Its id or name." };
        var json = new Option<bool>("--json-output") { Description = "Print JSON." };
        var command = new Command("blame", "Say of each field of an entity who gave it its value, when and in which revision.") { kind, id, json };
        options.AddTo(command);
        command.SetAction((result, cancellation) => GatewayCommand.RunAsync(place, options, result, async call =>
        {
            var path = $"blame/{Uri.EscapeDataString(KindOf(result.GetValue(kind)!))}/{Uri.EscapeDataString(result.GetValue(id)!)}";
            var reply = await call.Client.GetAsync(call.Workspace, path, cancellation);
            if (reply.Status == 404) throw new GatewayException($"there is no {result.GetValue(kind)} '{result.GetValue(id)}'");
            var answer = reply.OrRefused().Json;
            if (call.Settings.IsOn(json)) place.Output.WriteLine(answer.ToJsonString(Indented));
            else PrintFields(place.Output, answer["fields"]!.AsObject());
            return 0;
        }));
        return command;
    }

    public static Command Rollback(GatewayPlace place)
    {
        var options = new GatewayOptions();
        var revision = new Argument<long>("REV") { Description = "The revision whose state is brought back; `weir history` lists them." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only show what would change." };
        var reason = new Option<string?>("--reason") { Description = "What it is for; it stands in the journal.", HelpName = "text" };
        var json = new Option<bool>("--json-output") { Description = "Print JSON." };
        var command = new Command("rollback", """
            Bring back the state after an earlier revision, by a new transaction: nothing of the journal is lost, and a rollback can be rolled back. With
            --workspace only that workspace goes back.
            """) { revision, dryRun, reason, json };
        options.AddTo(command);
        command.SetAction((result, cancellation) => GatewayCommand.RunAsync(place, options, result, async call =>
        {
            var request = new JsonObject { ["to"] = result.GetValue(revision), ["dry_run"] = call.Settings.IsOn(dryRun) };
            if (call.Settings.Text(reason) is { Length: > 0 } why) request["reason"] = why;
            if (call.Workspace is { } workspace) request["workspace"] = workspace;
            var reply = await call.Client.SendAsync(HttpMethod.Post, null, "rollback", Encoding.UTF8.GetBytes(request.ToJsonString()), cancellation);
            var answer = reply.OrRefused().Json;
            if (call.Settings.IsOn(json)) place.Output.WriteLine(answer.ToJsonString(Indented));
            else PrintRollback(place.Output, call.Colours, answer);
            return 0;
        }));
        return command;
    }

    /// <summary>The name of a kind in the form that the control plane knows, from any that people use.</summary>
    static string KindOf(string text) =>
        (ControlKinds.Named(text) ?? ControlKinds.AtPath(text)
            ?? ControlKinds.All.FirstOrDefault(kind => kind.Singular == text || DeckChange.WordOf(kind) == text))?.Name ?? text;

    static string Line(JsonObject transaction)
    {
        var count = transaction["changes"]?.AsArray().Count ?? 0;
        var reason = transaction["reason"]?.ToString() is { Length: > 0 } text ? $"  {text}" : "";
        return $"{transaction["revision"],8}  {transaction["at"]}  {transaction["actor"],-16}  {ProblemPrinter.Count(count, "change"),-12}{reason}";
    }

    static void PrintFields(TextWriter output, JsonObject fields)
    {
        var width = fields.Count == 0 ? 0 : fields.Max(static field => field.Key.Length);
        foreach (var (name, by) in fields)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{name.PadRight(width)}  {by!["revision"],8}  {by["at"]}  {by["actor"],-16}  {Short(by["value"])}"));
    }

    static void PrintRollback(TextWriter output, Palette colours, JsonObject answer)
    {
        var changes = answer["changes"]?.AsArray() ?? [];
        foreach (var change in changes)
        {
            var named = $"{change!["kind"]} {change["name"] ?? change["id"]}";
            output.WriteLine(change["op"]?.ToString() switch
            {
                "create" => $"{colours.Added("creating")} {named}",
                "delete" => $"{colours.Removed("deleting")} {named}",
                _ => $"{colours.Changed("updating")} {named}",
            });
            if (change["op"]?.ToString() != "update") continue;
            foreach (var field in change["fields"]?.AsArray() ?? [])
                output.WriteLine($"  {field!["field"]}: {colours.Removed(Short(field["before"]))} -> {colours.Added(Short(field["after"]))}");
        }
        output.WriteLine(answer["revision"] is { } made ? $"revision {made}: {ProblemPrinter.Count(changes.Count, "change")}"
            : changes.Count == 0 ? "nothing to do: the state is that one" : $"{ProblemPrinter.Count(changes.Count, "change")}, not made (--dry-run)");
    }

    static string Short(JsonNode? value)
    {
        var text = value?.ToJsonString(OneLine) ?? "null";
        return text.Length <= ValueCharsMax ? text : text[..ValueCharsMax] + "…";
    }
}
