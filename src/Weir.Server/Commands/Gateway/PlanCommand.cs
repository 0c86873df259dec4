using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Weir.Server;

/// <summary><c>weir plan FILES -o plan.json</c>: what a sync would do, to be looked at and applied as it is.</summary>
static class PlanCommand
{
    /// <summary>The form of plan files.</summary>
    public const int Form = 1;

    static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create(GatewayPlace place)
    {
        var (options, flags, files) = (new GatewayOptions(), new SyncFlags(), SyncCommands.FilesArgument());
        var output = new Option<string?>("--output-file", "-o")
        {
            Description = "File of the plan. It holds the files whole, secrets too.",
            HelpName = "file",
            Required = true,
        };
        var mode = new Option<string?>("--mode") { Description = "sync (default) or apply, which deletes nothing.", HelpName = "mode" };
        var command = new Command("plan", """
            Show what a sync would change and write it into a plan. `weir apply` carries out the plan, exactly that and on exactly that state, or not at all.
            """) { files, output, mode };
        options.AddTo(command);
        flags.AddTo(command);
        command.SetAction((result, cancellation) => GatewayCommand.RunAsync(place, options, result, async call =>
        {
            var read = GatewayFiles.Read(result.GetValue(files) ?? [], place, flags.IsMasking(call.Settings));
            var outcome = await SyncCall.SendAsync(call, read, flags.Read(call.Settings, call.Settings.Text(mode) ?? "sync", isDryRun: true), cancellation);
            var code = SyncCommands.Show(outcome, place, call, flags, read.Mask);
            if (code == 0) GatewayText.Write(call.Settings.Text(output)!, PlanOf(outcome));
            return code;
        }));
        return command;
    }

    static string PlanOf(SyncOutcome outcome)
    {
        var request = (JsonObject)JsonNode.Parse(outcome.Body)!;
        request.Remove("dry_run");
        request["expected_revision"] = outcome.Answer["revision"]?.DeepClone();
        request["plan_hash"] = outcome.Answer["plan_hash"]?.DeepClone();
        var plan = new JsonObject
        {
            ["plan_format"] = Form,
            ["workspace"] = outcome.IsNewWorkspace ? null : outcome.Workspace,
            ["summary"] = outcome.Answer["summary"]?.DeepClone(),
            ["changes"] = new JsonArray([.. Changes(outcome.Answer)]),
            ["request"] = request,
        };
        return plan.ToJsonString(Indented) + "\n";
    }

    static IEnumerable<JsonNode> Changes(JsonObject answer) => ((string[])["creating", "updating", "deleting"]).SelectMany(verb =>
        answer["changes"]?[verb]?.AsArray().Select(change => (JsonNode)$"{verb} {change!["kind"]} {change["name"]}") ?? []);
}
