using System.Text.Json.Nodes;

namespace Weir.Control;

/// <summary>Something that stands in a workspace and that a guardrail would refuse.</summary>
/// <param name="Workspace">Name of the workspace.</param>
/// <param name="Room">The workspace.</param>
/// <param name="Entity">What breaks the rule.</param>
/// <param name="Guardrail">Whose rule.</param>
/// <param name="Rule">Which rule: the name of its field; ground for hosts and paths.</param>
/// <param name="Problem">What is wrong.</param>
sealed record Violation(string Workspace, Guid Room, Stored Entity, Guardrail Guardrail, string Rule, string Problem)
{
    public JsonObject Shown() => new()
    {
        ["workspace"] = Workspace,
        ["guardrail"] = Guardrail.Config.Name,
        ["rule"] = Rule,
        ["problem"] = Problem,
        ["reason"] = Guardrail.Config.Reason,
        ["owner"] = Guardrail.Config.Owner,
        ["entity"] = new JsonObject { ["kind"] = Entity.Kind.Name, ["id"] = Entity.Id.ToString(), ["name"] = Entity.Name },
    };
}

/// <summary>
/// Finds what broke a guardrail before the guardrail was there, or what an exception let through that is over. Every entity is judged as if it were added
/// now; what an exception allows today is none.
/// </summary>
sealed class Violations(ControlState state, ControlParts parts)
{
    readonly List<Guardrail> _guardrails = Guardrail.Of(state);
    readonly GuardrailRules _rules = new(parts.Read);

    /// <summary>Those of a workspace, by guardrail.</summary>
    public IEnumerable<Violation> In(Stored workspace)
    {
        var now = parts.Time.GetUtcNow();
        foreach (var guardrail in _guardrails)
        {
            var found = guardrail.IsFor(workspace.Name!) ? OfOwn(guardrail, workspace) : OfOthers(guardrail, workspace);
            foreach (var violation in found)
                if (!guardrail.IsExcepted(violation.Workspace, violation.Entity.Id, now)) yield return violation;
        }
    }

    IEnumerable<Violation> OfOwn(Guardrail guardrail, Stored workspace)
    {
        foreach (var kind in ControlKinds.All.Where(static kind => !kind.IsShared))
            foreach (var entity in state.Table(workspace.Id, kind).All)
                foreach (var (rule, problem) in _rules.Broken(guardrail, null, entity))
                    yield return new Violation(workspace.Name!, workspace.Id, entity, guardrail, rule, problem);
        if (guardrail.Config.RequirePlugin is not { } required) yield break;
        var plugins = new RequiredPlugins(required, state.Table(workspace.Id, ControlKinds.Plugins).All);
        foreach (var route in state.Table(workspace.Id, ControlKinds.Routes).All)
            if (!plugins.Cover(route))
                yield return new Violation(workspace.Name!, workspace.Id, route, guardrail, "require_plugin", GuardrailRules.Missing(plugins));
    }

    IEnumerable<Violation> OfOthers(Guardrail guardrail, Stored workspace)
    {
        foreach (var route in state.Table(workspace.Id, ControlKinds.Routes).All)
            foreach (var (rule, problem) in GuardrailRules.Trespass(guardrail, route))
                yield return new Violation(workspace.Name!, workspace.Id, route, guardrail, rule, problem);
    }
}
