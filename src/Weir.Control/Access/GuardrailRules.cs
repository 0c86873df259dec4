using System.Globalization;
using System.Text.Json.Nodes;
using Weir.Config;

namespace Weir.Control;

/// <summary>What each rule of a guardrail says of an entity.</summary>
sealed class GuardrailRules(ReadOptions read)
{
    /// <summary>The rules of a guardrail for its own workspaces that an entity would break, by the name of the rule.</summary>
    /// <param name="guardrail">The guardrail.</param>
    /// <param name="before">The entity as it was; null for a new one.</param>
    /// <param name="now">The entity as it is; null when it is gone.</param>
    public IEnumerable<(string Rule, string Problem)> Broken(Guardrail guardrail, Stored? before, Stored? now)
    {
        var (config, kind) = (guardrail.Config, (now ?? before)!.Kind);
        if (config.PlatformKinds?.Contains(kind.Name) == true) yield return ("platform_kinds", $"{kind.Name} are changed by the platform only");
        if (now is null) yield break;
        if (kind == ControlKinds.Plugins && now.Text("name") is { } plugin)
        {
            if (config.AllowPlugins is { } allowed && !allowed.Contains(plugin))
                yield return ("allow_plugins", $"the plugin '{plugin}' is not among those allowed: {string.Join(", ", allowed)}");
            if (config.ForbidPlugins?.Contains(plugin) == true) yield return ("forbid_plugins", $"the plugin '{plugin}' may not be used");
        }
        foreach (var field in config.PlatformFields ?? [])
            if (IsMeant(field.Kind, field.Plugin, now) && !JsonNode.DeepEquals(Value(now, field.Field), Untouched(before, now, field.Field)))
                yield return ("platform_fields", $"{field.Field} is set by the platform only");
        foreach (var bound in config.Bounds ?? [])
            if (IsMeant(bound.Kind, bound.Plugin, now) && Value(now, bound.Field) is JsonValue value && value.TryGetValue<double>(out var number)
                && (number < bound.Min || number > bound.Max))
                yield return ("bounds", string.Create(CultureInfo.InvariantCulture, $"{bound.Field} is {number}; {Bounds(bound)} is allowed"));
        foreach (var (of, pattern, regex) in guardrail.Names)
            if (of == kind.Name && !regex.IsMatch(now.Name ?? "")) yield return ("names", $"the name '{now.Name}' does not match {pattern}");
        foreach (var rule in config.RequireTags ?? [])
            if (rule.Kind == kind.Name && !now.Tags().Any(tag => Guardrail.Matches(rule.Tag, tag)))
                yield return ("require_tags", $"a tag {rule.Tag} is missing");
        if (kind == ControlKinds.Routes)
            foreach (var problem in RouteGround.Outside(config, now)) yield return ("ground", problem);
    }

    /// <summary>What workspaces that a guardrail is not for may not do: take what it gives to others.</summary>
    public static IEnumerable<(string Rule, string Problem)> Trespass(Guardrail guardrail, Stored? now) =>
        now?.Kind == ControlKinds.Routes && guardrail.Config.Workspaces is { } owners
            ? RouteGround.Trespass(guardrail.Config, owners, now).Select(static problem => ("ground", problem)) : [];

    /// <summary>What a route without a plugin that it must have is told.</summary>
    public static string Missing(RequiredPlugins required) =>
        $"every route needs the plugin {required.Text}: add it to the route, to its service, or to the workspace";

    static bool IsMeant(string kind, string? plugin, Stored entity) => entity.Kind.Name == kind && (plugin is null || entity.Text("name") == plugin);

    static JsonNode? Value(Stored entity, string path)
    {
        JsonNode? node = JsonNode.Parse(entity.Json.Span);
        foreach (var step in path.Split('.')) node = (node as JsonObject)?[step];
        return node;
    }

    /// <summary>The value that a field has as long as nobody sets it.</summary>
    JsonNode? Untouched(Stored? before, Stored now, string path) => before is not null ? Value(before, path) : SetFields.Default(now, path, read);

    static string Bounds(FieldBound bound) => (bound.Min, bound.Max) switch
    {
        ({ } min, { } max) => string.Create(CultureInfo.InvariantCulture, $"{min} to {max}"),
        ({ } min, null) => string.Create(CultureInfo.InvariantCulture, $"{min} or more"),
        (_, var max) => string.Create(CultureInfo.InvariantCulture, $"{max} or less"),
    };
}
