using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Weir.Config;

namespace Weir.Control;

/// <summary>Gateways that follow, as the Admin API has them.</summary>
sealed class GatewayEndpoints(AdminNode node)
{
    const string Group = "gateways";
    const string NoListener = "this node does not listen for gateways: start it with --cluster (setting cluster_listen)";

    static readonly Need See = Need.To(ControlKinds.Gateways, AdminAction.Read);

    /// <summary>Kong counts a data plane as gone after so long without a sign of life.</summary>
    static readonly TimeSpan Remembered = TimeSpan.FromDays(14);

    public IEnumerable<Endpoint> All()
    {
        yield return new Endpoint("/gateways", Group, [new Operation("GET", See, "Lists the gateways that follow, and how each is.", List)]);
        yield return new Endpoint("/gateways/join-tokens", Group,
        [
            Tokening("GET", AdminAction.Read, "Lists the tokens that gateways enrol with, without their secrets.", Tokens),
            Tokening("POST", AdminAction.Create, "Makes a token that gateways enrol with. Its secret is in this answer only.", MakeTokenAsync) with
            {
                HasBody = true,
                Status = 201,
            },
        ]);
        yield return new Endpoint("/gateways/join-tokens/{token}", Group,
            [Tokening("DELETE", AdminAction.Delete, "Withdraws a token; gateways that have enrolled with it stay.", WithdrawAsync) with { Status = 204 }]);
        yield return new Endpoint("/gateways/{gateway}", Group,
        [
            new Operation("GET", See, "Shows a gateway.", Show),
            On("PATCH", AdminAction.Update, "Revokes a gateway (revoked), or changes its name or labels.", ChangeAsync) with { HasBody = true },
            On("DELETE", AdminAction.Delete, "Forgets a gateway: it is cut off, as a revoked one.", ForgetAsync) with { Status = 204 },
        ]);
        yield return new Endpoint("/clustering/data-planes", Group,
            [new Operation("GET", See, "Lists the gateways as Kong lists its data planes.", DataPlanes)]);
        yield return new Endpoint("/clustering/status", Group,
            [new Operation("GET", See, "The same by id, as older clients of Kong ask for it.", DataPlanesById)]);
    }

    static Operation On(string method, AdminAction action, string summary, Func<AdminCall, Task<Reply>> handle) =>
        new(method, Need.To(ControlKinds.Gateways, action), summary, handle);

    static Operation Tokening(string method, AdminAction action, string summary, Func<AdminCall, Task<Reply>> handle) =>
        new(method, Need.To(ControlKinds.JoinTokens, action), summary, handle);

    static IEnumerable<Stored> Gateways(AdminCall call) => call.State.Table(ControlState.Root, ControlKinds.Gateways).All;

    Task<Reply> List(AdminCall call) => Task.FromResult(Reply.Json(200, new JsonObject
    {
        ["data"] = new JsonArray([.. Gateways(call).Select(gateway => (JsonNode)Shown(gateway, call))]),
        ["next"] = null,
    }));

    Task<Reply> Show(AdminCall call) => Task.FromResult(
        call.State.Table(ControlState.Root, ControlKinds.Gateways).Find(call[0]) is { } gateway ? Reply.Json(200, Shown(gateway, call)) : Reply.NotFound);

    async Task<Reply> ChangeAsync(AdminCall call)
    {
        var (body, problem) = await call.ReadBodyAsync();
        if (body is null) return problem!;
        List<(string Field, string Message)> problems = [];
        foreach (var entry in body.Entries)
            if (entry.Key is not ("revoked" or "name" or "labels"))
                problems.Add((entry.Key, "unknown field"));
        var revoked = body.Find("revoked") switch
        {
            null => (bool?)null,
            ScalarNode { Kind: ScalarKind.Boolean } flag => flag.Text == "true",
            ScalarNode { Text: "true" or "false" } text => text.Text == "true",
            _ => Wrong("revoked", "expected a boolean"),
        };
        var labels = (body.Find("labels") as MapNode)?.Entries.ToDictionary(static entry => entry.Key, static entry => (entry.Value as ScalarNode)?.Text ?? "");
        if (problems.Count > 0) return Reply.Of(Refusal.Violation(problems));
        var commit = await call.CommitAsync(draft => Enrolment.Change(draft, call[0], config => config with
        {
            Revoked = revoked ?? config.Revoked,
            Name = body.FindText("name") ?? config.Name,
            Labels = labels ?? config.Labels,
        }), CommitOptions.Default);
        if (!commit.Ok) return Reply.Of(commit.Refusals);
        return Reply.Json(200, Shown(commit.State.Table(ControlState.Root, ControlKinds.Gateways).Find(call[0])!, call));

        bool? Wrong(string field, string message)
        {
            problems.Add((field, message));
            return null;
        }
    }

    static Task<Reply> ForgetAsync(AdminCall call) => DeleteAsync(call, ControlKinds.Gateways);

    static Task<Reply> WithdrawAsync(AdminCall call) => DeleteAsync(call, ControlKinds.JoinTokens);

    static Task<Reply> DeleteAsync(AdminCall call, ControlKind kind) =>
        call.ChangeAsync(draft => draft.Delete(ControlState.Root, kind, call[0]), static _ => Reply.NoContent);

    Task<Reply> Tokens(AdminCall call) => Task.FromResult(Reply.Json(200, new JsonObject
    {
        ["data"] = new JsonArray([.. call.State.Table(ControlState.Root, ControlKinds.JoinTokens).All.Select(token => (JsonNode)Shown(token, call))]),
        ["next"] = null,
    }));

    async Task<Reply> MakeTokenAsync(AdminCall call)
    {
        if (node.Gateways is not { } hub) return Reply.Message(409, NoListener);
        var (body, problem) = await call.ReadBodyAsync();
        if (body is null) return problem!;
        List<(string Field, string Message)> problems = [];
        foreach (var entry in body.Entries)
            if (entry.Key is not ("name" or "uses" or "ttl_seconds"))
                problems.Add((entry.Key, "unknown field"));
        var uses = Number(body, "uses", 1, JoinTokenRules.UsesMax, problems);
        var seconds = Number(body, "ttl_seconds", (long)JoinTokenRules.LifeDefault.TotalSeconds, (long)JoinTokenRules.LifeMax.TotalSeconds, problems);
        if (problems.Count > 0) return Reply.Of(Refusal.Violation(problems));
        var life = TimeSpan.FromSeconds(seconds);
        var (token, commit) = await hub.Enrolment.MakeTokenAsync(call.Author, body.FindText("name"), life, (int)uses, call.Aborted);
        if (!commit.Ok) return Reply.Of(commit.Refusals);
        var shown = Shown(commit.State.Table(ControlState.Root, ControlKinds.JoinTokens).Find(token.Id)!, call);
        shown["token"] = token.ToString();
        return Reply.Json(201, shown);
    }

    static long Number(MapNode body, string field, long fallback, long max, List<(string Field, string Message)> problems)
    {
        if (body.Find(field) is not { } node) return fallback;
        var text = (node as ScalarNode)?.Text;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= max) return number;
        problems.Add((field, $"value should be between 1 and {max}"));
        return fallback;
    }

    JsonObject Shown(Stored entity, AdminCall call)
    {
        var shown = SecretMask.Of(entity.Kind, entity.Json, call.Plane.Parts.Read);
        shown.Remove("tags");
        shown.Remove("hash");
        if (entity.Kind == ControlKinds.Gateways) AddSeen(shown, entity.Id, call.State);
        return shown;
    }

    void AddSeen(JsonObject shown, Guid id, ControlState state)
    {
        var seen = node.Gateways?.Find(id);
        var status = seen?.Status;
        shown["connected"] = seen?.IsConnected ?? false;
        shown["last_seen"] = seen is null ? null : Enrolment.Text(seen.LastSeen);
        shown["address"] = seen?.Address;
        shown["hostname"] = seen?.Hostname;
        shown["version"] = seen?.Version;
        shown["sent_revision"] = seen?.Sent.Revision;
        shown["live_revision"] = status?.LiveRevision;
        shown["behind"] = status is null ? null : Math.Max(0, state.Revision - status.LiveRevision);
        shown["health"] = status?.Health;
        shown["uptime_seconds"] = status?.UptimeSeconds;
        shown["problems"] = new JsonArray([.. Problems(seen).Select(static problem => (JsonNode)problem)]);
        var metrics = new JsonObject();
        foreach (var (name, value) in status?.Metrics ?? new Dictionary<string, double>()) metrics[name] = value;
        shown["metrics"] = metrics;
    }

    static IEnumerable<string> Problems(GatewaySeen? seen)
    {
        if (seen?.Problem.Length > 0) yield return seen.Problem;
        foreach (var problem in seen?.Status?.Problems ?? []) yield return problem;
    }

    Task<Reply> DataPlanes(AdminCall call) => Task.FromResult(Reply.Json(200, new JsonObject
    {
        ["data"] = new JsonArray([.. Gateways(call).Select(gateway => (JsonNode)DataPlane(gateway))]),
        ["next"] = null,
    }));

    Task<Reply> DataPlanesById(AdminCall call)
    {
        var all = new JsonObject();
        foreach (var gateway in Gateways(call)) all[gateway.Id.ToString()] = DataPlane(gateway);
        return Task.FromResult(Reply.Json(200, all));
    }

    JsonObject DataPlane(Stored gateway)
    {
        var config = Enrolment.Read<EnrolledGatewayConfig>(gateway);
        var seen = node.Gateways?.Find(gateway.Id);
        var ends = DateTimeOffset.Parse(config.ExpiresAt, CultureInfo.InvariantCulture);
        return new JsonObject
        {
            ["id"] = gateway.Id.ToString(),
            ["hostname"] = seen?.Hostname is { Length: > 0 } hostname ? hostname : config.Name,
            ["ip"] = seen?.Address,
            ["version"] = seen?.Version,
            ["last_seen"] = seen?.LastSeen.ToUnixTimeSeconds(),
            ["ttl"] = (long)Remembered.TotalSeconds,
            ["config_hash"] = seen?.Sent.History is { Length: >= 32 } hash ? hash[..32] : new string('0', 32),
            ["sync_status"] = config.Revoked || seen is null ? "unknown" : seen.Problem.Length > 0 ? "kong_version_incompatible" : "normal",
            ["labels"] = config.Labels is null ? null : JsonSerializer.SerializeToNode(config.Labels),
            ["cert_details"] = new JsonObject { ["expiry_timestamp"] = ends.ToUnixTimeSeconds() },
        };
    }
}
