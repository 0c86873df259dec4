using System.Text.Json.Nodes;

namespace Weir.Control;

/// <summary>
/// Holds the changes of a draft against the guardrails. Only what a change makes worse is refused: what broke a rule before the rule was there stays until
/// somebody touches it.
/// </summary>
sealed class GuardrailRun(Draft draft, ControlParts parts, Func<(Guid Workspace, ControlKind Kind, Guid Id), Stored?> after)
{
    readonly List<Guardrail> _guardrails = Guardrail.Of(draft.State);
    readonly GuardrailRules _rules = new(parts.Read);
    readonly List<Refusal> _refusals = [];

    /// <summary>Everything that is not allowed.</summary>
    public IReadOnlyList<Refusal> Run()
    {
        if (_guardrails.Count == 0) return [];
        foreach (var workspace in draft.Wanted.Keys.Where(static key => !key.Kind.IsShared).Select(static key => key.Workspace).Distinct())
        {
            var name = draft.Find(ControlState.Root, ControlKinds.Workspaces, workspace.ToString())?.Name ?? "";
            foreach (var guardrail in _guardrails) Judge(guardrail, workspace, name);
        }
        return _refusals;
    }

    void Judge(Guardrail guardrail, Guid workspace, string name)
    {
        var isFor = guardrail.IsFor(name);
        foreach (var key in draft.Wanted.Keys.Where(key => key.Workspace == workspace))
        {
            var (before, now) = (draft.State.Table(workspace, key.Kind).Find(key.Id), after(key));
            if ((before ?? now) is not { } subject || (before is not null && now is not null && Canonical.SaysTheSame(before.Json, now.Json))) continue;
            foreach (var (_, problem) in isFor ? _rules.Broken(guardrail, before, now) : GuardrailRules.Trespass(guardrail, now))
                Refuse(guardrail, name, now ?? subject, problem);
        }
        if (isFor && guardrail.Config.RequirePlugin is { } required) JudgeRequired(guardrail, required, workspace, name);
    }

    void JudgeRequired(Guardrail guardrail, RequiredPlugin required, Guid workspace, string name)
    {
        var touched = draft.Wanted.Keys.Any(key => key.Workspace == workspace && key.Kind == ControlKinds.Plugins);
        var changed = draft.Wanted.Where(pair => pair.Key.Workspace == workspace && pair.Key.Kind == ControlKinds.Routes).Select(static pair => pair.Value);
        var routes = touched ? draft.All(workspace, ControlKinds.Routes) : changed.OfType<Stored>();
        var plugins = draft.All(workspace, ControlKinds.Plugins).Select(plugin => after((workspace, plugin.Kind, plugin.Id)) ?? plugin);
        var then = new RequiredPlugins(required, draft.State.Table(workspace, ControlKinds.Plugins).All);
        var now = new RequiredPlugins(required, plugins);
        foreach (var route in routes.ToList())
        {
            if (now.Cover(route)) continue;
            var before = draft.State.Table(workspace, ControlKinds.Routes).Find(route.Id);
            var isOld = before is not null && !then.Cover(before) && !draft.Wanted.ContainsKey((workspace, ControlKinds.Routes, route.Id));
            if (!isOld) Refuse(guardrail, name, route, GuardrailRules.Missing(now));
        }
    }

    void Refuse(Guardrail guardrail, string workspace, Stored entity, string problem)
    {
        if (guardrail.IsExcepted(workspace, entity.Id, parts.Time.GetUtcNow())) return;
        var who = $"{entity.Kind.Singular} '{entity.Name ?? entity.Id.ToString()}'";
        var (name, reason, owner) = (guardrail.Config.Name, guardrail.Config.Reason.TrimEnd('.'), guardrail.Config.Owner);
        var fields = new JsonObject { ["guardrail"] = name, ["workspace"] = workspace, ["entity"] = who, ["reason"] = reason, ["owner"] = owner };
        _refusals.Add(new Refusal(403, Refusal.GuardrailCode, "guardrail violation", $"{who}: {problem} (guardrail '{name}': {reason}. Ask {owner})", fields)
        {
            Entity = who,
            Subject = (entity.Kind, entity.Id),
        });
    }
}
