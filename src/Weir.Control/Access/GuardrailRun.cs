using System.Globalization;
using System.Text.Json.Nodes;

namespace Weir.Control;

/// <summary>
/// Holds the changes of a draft against the guardrails. Only what a change makes worse is refused: what broke a rule before the rule was there stays until
/// somebody touches it.
/// </summary>
sealed class GuardrailRun(Draft draft, ControlParts parts, Func<(Guid Workspace, ControlKind Kind, Guid Id), Stored?> after)
{
    readonly List<Guardrail> _guardrails = Guardrail.Of(draft.State);
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
            foreach (var problem in isFor ? Problems(guardrail, before, now) : Foreign(guardrail, now)) Refuse(guardrail, name, now ?? subject, problem);
        }
        if (isFor && guardrail.Config.RequirePlugin is { } required) JudgeRequired(guardrail, required, workspace, name);
    }

    IEnumerable<string> Problems(Guardrail guardrail, Stored? before, Stored? now)
    {
        var (config, kind) = (guardrail.Config, (now ?? before)!.Kind);
        if (config.PlatformKinds?.Contains(kind.Name) == true) yield return $"{kind.Name} are changed by the platform only";
        if (now is null) yield break;
        if (kind == ControlKinds.Plugins && now.Text("name") is { } plugin)
        {
            if (config.AllowPlugins is { } allowed && !allowed.Contains(plugin))
                yield return $"the plugin '{plugin}' is not among those allowed: {string.Join(", ", allowed)}";
            if (config.ForbidPlugins?.Contains(plugin) == true) yield return $"the plugin '{plugin}' may not be used";
        }
        foreach (var field in config.PlatformFields ?? [])
            if (IsMeant(field.Kind, field.Plugin, now) && !JsonNode.DeepEquals(Value(now, field.Field), Untouched(before, now, field.Field)))
                yield return $"{field.Field} is set by the platform only";
        foreach (var bound in config.Bounds ?? [])
            if (IsMeant(bound.Kind, bound.Plugin, now) && Value(now, bound.Field) is JsonValue value && value.TryGetValue<double>(out var number)
                && (number < bound.Min || number > bound.Max))
                yield return string.Create(CultureInfo.InvariantCulture, $"{bound.Field} is {number}; {Bounds(bound)} is allowed");
        foreach (var (of, pattern, regex) in guardrail.Names)
            if (of == kind.Name && !regex.IsMatch(now.Name ?? "")) yield return $"the name '{now.Name}' does not match {pattern}";
        foreach (var rule in config.RequireTags ?? [])
            if (rule.Kind == kind.Name && !now.Tags().Any(tag => Guardrail.Matches(rule.Tag, tag))) yield return $"a tag {rule.Tag} is missing";
        if (kind == ControlKinds.Routes)
            foreach (var problem in RouteGround.Outside(config, now)) yield return problem;
    }

    /// <summary>What workspaces that a guardrail is not for may not do: take what it gives to others.</summary>
    static IEnumerable<string> Foreign(Guardrail guardrail, Stored? now) =>
        now?.Kind == ControlKinds.Routes && guardrail.Config.Workspaces is { } owners ? RouteGround.Trespass(guardrail.Config, owners, now) : [];

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
            if (!isOld) Refuse(guardrail, name, route, $"every route needs the plugin {now.Text}: add it to the route, to its service, or to the workspace");
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

    static bool IsMeant(string kind, string? plugin, Stored entity) => entity.Kind.Name == kind && (plugin is null || entity.Text("name") == plugin);

    static JsonNode? Value(Stored entity, string path)
    {
        JsonNode? node = JsonNode.Parse(entity.Json.Span);
        foreach (var step in path.Split('.')) node = (node as JsonObject)?[step];
        return node;
    }

    /// <summary>The value that a field has as long as nobody sets it.</summary>
    JsonNode? Untouched(Stored? before, Stored now, string path) => before is not null ? Value(before, path) : SetFields.Default(now, path, parts.Read);

    static string Bounds(FieldBound bound) => (bound.Min, bound.Max) switch
    {
        ({ } min, { } max) => string.Create(CultureInfo.InvariantCulture, $"{min} to {max}"),
        ({ } min, null) => string.Create(CultureInfo.InvariantCulture, $"{min} or more"),
        (_, var max) => string.Create(CultureInfo.InvariantCulture, $"{max} or less"),
    };
}
