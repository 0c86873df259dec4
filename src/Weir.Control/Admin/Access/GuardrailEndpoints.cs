using System.Globalization;
using System.Text.Json.Nodes;
using Weir.Config;

namespace Weir.Control;

/// <summary>The guardrails to begin with, and what stands in workspaces that guardrails would refuse.</summary>
sealed class GuardrailEndpoints(ControlPlane plane)
{
    /// <summary>Most violations in one answer.</summary>
    const int SizeMax = 10_000;

    const int SizeDefault = 1_000;

    public IEnumerable<Endpoint> All()
    {
        yield return new Endpoint("/default-guardrails", "access",
        [
            new Operation("GET", Need.SignedIn, "Shows the guardrails to begin with.", ShowAsync) { Query = Owner },
            new Operation(
                "POST", Need.To(ControlKinds.Guardrails, AdminAction.Create), "Sets the guardrails to begin with, each in place of one of its name.", SetAsync)
            {
                Query = [.. Owner, ("dry_run", "1 only says what would change.")],
            },
        ]);
        yield return new Endpoint("/violations", "access",
        [
            new Operation("GET", Need.SignedIn, "Lists what stands in a workspace, or in all, that guardrails would refuse today.", ViolationsAsync)
            {
                Query =
                [
                    ("guardrail", "Only those of this guardrail."), ("rule", "Only those of this rule: bounds, names, …"),
                    ("size", $"How many at most, 1 to {SizeMax}; {SizeDefault} when absent."),
                ],
            },
        ]);
    }

    static readonly (string Name, string Meaning)[] Owner = [("owner", $"Whom refusals say to ask; '{DefaultGuardrails.Owner}' when absent.")];

    static string OwnerOf(AdminCall call) => call.Query("owner") is { Length: > 0 } owner ? owner : DefaultGuardrails.Owner;

    Task<Reply> ShowAsync(AdminCall call) => Task.FromResult(Reply.Json(200, new JsonObject
    {
        ["data"] = new JsonArray([.. DefaultGuardrails.Of(plane.Parts.Read, OwnerOf(call))]),
        ["next"] = null,
    }));

    async Task<Reply> SetAsync(AdminCall call)
    {
        var guardrails = DefaultGuardrails.Of(plane.Parts.Read, OwnerOf(call));
        var options = new CommitOptions(call.IsOn("dry_run"));
        var commit = await call.CommitAsync(draft => Set(draft, guardrails), options);
        if (!commit.Ok) return Reply.Of(commit.Refusals);
        return Reply.Json(200, new JsonObject
        {
            ["revision"] = commit.Transaction?.Revision,
            ["changed"] = new JsonArray([.. commit.Changes.Select(static change =>
                (JsonNode?)new Stored(change.Kind, change.Id, change.After!.Value, 0).Name)]),
        });
    }

    static List<Refusal> Set(Draft draft, IReadOnlyList<JsonObject> guardrails)
    {
        List<Refusal> refusals = [];
        foreach (var guardrail in guardrails)
        {
            var name = guardrail["name"]!.ToString();
            var body = (MapNode)JsonText.Read("guardrail", guardrail.ToJsonString(), new ReadLimits(), new Report(1))!;
            // What the platform has chosen of them stays so.
            if (draft.Find(ControlState.Root, ControlKinds.Guardrails, name) is { } there)
                foreach (var field in (ReadOnlySpan<string>)["enabled", "workspaces"])
                    if (Nodes.Read(there).Find(field) is { } chosen) body = body.With(field, chosen);
            if (draft.Put(ControlState.Root, ControlKinds.Guardrails, name, body, out _) is { } refused) refusals.Add(refused with { Entity = name });
        }
        return refusals;
    }

    Task<Reply> ViolationsAsync(AdminCall call)
    {
        var size = SizeDefault;
        if (call.Query("size") is { } given && (!int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out size) || size is < 1 or > SizeMax))
            return Task.FromResult(Reply.Of(new Refusal(400, 9, "invalid size", $"size must be an integer between 1 and {SizeMax}")));
        var violations = new Violations(call.State, plane.Parts);
        var found = call.State.Table(ControlState.Root, ControlKinds.Workspaces).All
            .Where(workspace => call.IsInWorkspace ? workspace.Id == call.Workspace : call.Rights.Sees(workspace.Id))
            .SelectMany(violations.In)
            .Where(violation => call.Rights.MayRead(violation.Entity, violation.Room)
                && (call.Query("guardrail") is not { } guardrail || violation.Guardrail.Config.Name == guardrail)
                && (call.Query("rule") is not { } rule || violation.Rule == rule));
        var data = new JsonArray();
        var total = 0;
        foreach (var violation in found)
            if (++total <= size) data.Add(violation.Shown());
        return Task.FromResult(Reply.Json(200, new JsonObject { ["data"] = data, ["total"] = total, ["next"] = null }));
    }
}
