using System.CommandLine;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Weir.Config;
using Weir.Control;

namespace Weir.Server;

/// <summary><c>weir guardrails default</c> and <c>weir gateway violations</c>: rules to begin with, and what breaks the rules today.</summary>
static class GuardrailCommands
{
    static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Guardrails(GatewayPlace place) => new("guardrails", "The rules that the platform sets over workspaces.") { Default(place) };

    static Command Default(GatewayPlace place)
    {
        var options = new GatewayOptions();
        var owner = new Option<string?>("--owner") { Description = $"Whom refusals say to ask (default '{DefaultGuardrails.Owner}').", HelpName = "name" };
        var set = new Option<bool>("--set") { Description = "Set them on the control plane, each in place of one of its name, instead of printing them." };
        var json = new Option<bool>("--json-output") { Description = "Print JSON." };
        var command = new Command("default", """
            Print the guardrails to begin with: teams own routes, canaries, retries, timeouts and transformations; the platform owns TLS, vaults, the
            authentication baseline, network rules, and where logs and traces go.
            """) { owner, set, json };
        options.AddTo(command);
        command.SetAction((result, cancellation) => GatewayCommand.RunAsync(place, options, result, async call =>
        {
            var to = call.Settings.Text(owner) ?? DefaultGuardrails.Owner;
            if (!call.Settings.IsOn(set))
            {
                var read = new ReadOptions { Plugins = Catalog.All.ToDictionary(static kind => kind.Name) };
                Print(place.Output, DefaultGuardrails.Of(read, to), call.Settings.IsOn(json));
                return 0;
            }
            var path = $"default-guardrails?owner={Uri.EscapeDataString(to)}";
            var answer = (await call.Client.SendAsync(HttpMethod.Post, null, path, [], cancellation)).OrRefused().Json;
            foreach (var name in answer["changed"]?.AsArray() ?? []) place.Output.WriteLine($"guardrail {name}");
            return 0;
        }));
        return command;
    }

    public static Command Violations(GatewayPlace place)
    {
        var options = new GatewayOptions();
        var json = new Option<bool>("--json-output") { Description = "Print JSON." };
        var code = new Option<bool>("--non-zero-exit-code") { Description = "Exit code 2 when there are any." };
        var guardrail = new Option<string?>("--guardrail") { Description = "Only those of this guardrail.", HelpName = "name" };
        var command = new Command("violations", """
            List what stands in a workspace, or without --workspace in all of them, that the guardrails would refuse today: what was there before the rule.
            """) { json, code, guardrail };
        options.AddTo(command);
        command.SetAction((result, cancellation) => GatewayCommand.RunAsync(place, options, result, async call =>
        {
            var query = "violations" + (call.Settings.Text(guardrail) is { } name ? $"?guardrail={Uri.EscapeDataString(name)}" : "");
            // Without a name all workspaces are meant, and not the default one.
            if (call.Workspace is { } workspace) query = $"{Uri.EscapeDataString(workspace)}/{query}";
            var answer = (await call.Client.GetAsync(null, query, cancellation)).OrRefused().Json;
            var found = answer["data"]!.AsArray();
            if (call.Settings.IsOn(json)) place.Output.WriteLine(answer.ToJsonString(Indented));
            else foreach (var one in found) place.Output.WriteLine(Line(one!.AsObject()));
            if (found.Count == 0 && !call.Settings.IsOn(json)) place.Output.WriteLine("nothing breaks a guardrail");
            return found.Count > 0 && call.Settings.IsOn(code) ? SyncCommands.Different : 0;
        }));
        return command;
    }

    static void Print(TextWriter output, IReadOnlyList<JsonObject> guardrails, bool isJson)
    {
        var document = new JsonObject { ["guardrails"] = new JsonArray([.. guardrails]) };
        if (isJson) output.WriteLine(document.ToJsonString(Indented));
        else output.Write(NodeYaml.Write((MapNode)JsonText.Read("guardrails", document.ToJsonString(), new ReadLimits(), new Report(1))!));
    }

    static string Line(JsonObject one)
    {
        var entity = one["entity"]!;
        var text = new StringBuilder($"{one["workspace"]}  {entity["kind"]} '{entity["name"] ?? entity["id"]}': {one["problem"]} ");
        return text.Append($"(guardrail '{one["guardrail"]}': {one["reason"]}. Ask {one["owner"]})").ToString();
    }
}
