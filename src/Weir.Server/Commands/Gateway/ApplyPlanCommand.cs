using System.CommandLine;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Weir.Server;

/// <summary><c>weir apply plan.json</c>: carries out a plan.</summary>
static class ApplyPlanCommand
{
    public static Command Create(GatewayPlace place)
    {
        var (options, flags) = (new GatewayOptions(), new SyncFlags());
        var file = new Argument<string>("PLAN") { Description = "A file that `weir plan` wrote." };
        var command = new Command("apply", """
            Carry out a plan, in one transaction. It is refused when the state has moved since, or when the plan was changed.
            """) { file };
        options.AddTo(command);
        flags.AddTo(command);
        command.SetAction((result, cancellation) => GatewayCommand.RunAsync(place, options, result, async call =>
        {
            var plan = Read(result.GetValue(file)!);
            var body = Encoding.UTF8.GetBytes(plan["request"]!.ToJsonString());
            var workspace = plan["workspace"]?.ToString();
            var reply = await call.Client.SendAsync(HttpMethod.Post, workspace, "sync", body, cancellation);
            var outcome = new SyncOutcome(reply.Json, reply.Ok ? [] : Errors(reply), workspace, IsNewWorkspace: false, body);
            return SyncCommands.Show(outcome, place, call, flags, static text => text);
        }));
        return command;
    }

    static JsonObject Read(string file)
    {
        try
        {
            var plan = JsonNode.Parse(GatewayText.Read(file)) as JsonObject;
            if (plan?["plan_format"]?.GetValue<int>() == PlanCommand.Form && plan["request"] is JsonObject) return plan;
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException or FormatException)
        {
            throw new GatewayException($"{file} is no plan: {broken.Message}");
        }
        throw new GatewayException($"{file} is no plan that this version reads");
    }

    static List<string> Errors(ControlReply reply)
    {
        var errors = reply.Json["errors"]?.AsArray().Select(static error => error!.ToString()).ToList() ?? [];
        if (errors.Count == 0) errors = [reply.Message];
        return reply.Status == 409 ? [.. errors.Select(static error => error + ": make the plan again")] : errors;
    }
}
