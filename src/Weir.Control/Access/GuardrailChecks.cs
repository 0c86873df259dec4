using System.Globalization;
using Weir.Config;

namespace Weir.Control;

/// <summary>Rules of guardrails themselves: a guardrail that can never hold, or can never be met, is a mistake.</summary>
static class GuardrailChecks
{
    public static IEnumerable<(string Field, string Message)> Problems(GuardrailConfig guardrail, ReadOptions read)
    {
        if (guardrail is
            {
                RequirePlugin: null, AllowPlugins: null, ForbidPlugins: null, PlatformKinds: null, PlatformFields: null, Bounds: null, Hosts: null, Paths: null,
                Names: null, RequireTags: null,
            })
        {
            yield return ("", "at least one of these fields must be non-empty: 'require_plugin', 'allow_plugins', 'forbid_plugins', 'platform_kinds', "
                + "'platform_fields', 'bounds', 'hosts', 'paths', 'names', 'require_tags'");
        }
        if (guardrail.RequirePlugin is { } required && Unknown(required.Name, read) is { } missing) yield return ("require_plugin.name", missing);
        foreach (var (field, name) in Plugins(guardrail))
            if (Unknown(name, read) is { } problem) yield return (field, problem);
        foreach (var (field, kind) in Kinds(guardrail))
            if (ControlKinds.Named(kind) is not { IsShared: false }) yield return (field, "there is no kind of entity of this name" + Suggested(kind));
        foreach (var (index, bound) in (guardrail.Bounds ?? []).Index())
        {
            if (bound is { Min: null, Max: null }) yield return ($"bounds[{index}]", "at least one of these fields must be non-empty: 'min', 'max'");
            if (bound.Min > bound.Max) yield return ($"bounds[{index}].max", "must not be smaller than min");
        }
        foreach (var (index, path) in (guardrail.Paths ?? []).Index())
            if (!path.StartsWith('/')) yield return ($"paths[{index}]", "should start with: /");
    }

    /// <summary>What is wrong with the day on which an exception ends; null for nothing.</summary>
    public static string? ProblemOf(GuardrailExceptionConfig exception) =>
        TryUntil(exception, out _) ? null : "expected a day or a time: 2027-01-31 or 2027-01-31T12:00:00Z";

    /// <summary>When an exception ends; a day lasts to its end, in UTC.</summary>
    public static bool TryUntil(GuardrailExceptionConfig exception, out DateTimeOffset until)
    {
        const DateTimeStyles utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        if (DateTimeOffset.TryParseExact(exception.Until, "yyyy-MM-dd", CultureInfo.InvariantCulture, utc, out until))
        {
            until = until.AddDays(1);
            return true;
        }
        return DateTimeOffset.TryParseExact(exception.Until, ["yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mmK"], CultureInfo.InvariantCulture, utc, out until);
    }

    static IEnumerable<(string Field, string Name)> Plugins(GuardrailConfig guardrail)
    {
        foreach (var (index, name) in (guardrail.AllowPlugins ?? []).Index()) yield return ($"allow_plugins[{index}]", name);
        foreach (var (index, name) in (guardrail.ForbidPlugins ?? []).Index()) yield return ($"forbid_plugins[{index}]", name);
        foreach (var (index, field) in (guardrail.PlatformFields ?? []).Index())
            if (field.Plugin is { } name) yield return ($"platform_fields[{index}].plugin", name);
        foreach (var (index, bound) in (guardrail.Bounds ?? []).Index())
            if (bound.Plugin is { } name) yield return ($"bounds[{index}].plugin", name);
    }

    static IEnumerable<(string Field, string Kind)> Kinds(GuardrailConfig guardrail)
    {
        foreach (var (index, kind) in (guardrail.PlatformKinds ?? []).Index()) yield return ($"platform_kinds[{index}]", kind);
        foreach (var (index, field) in (guardrail.PlatformFields ?? []).Index()) yield return ($"platform_fields[{index}].kind", field.Kind);
        foreach (var (index, bound) in (guardrail.Bounds ?? []).Index()) yield return ($"bounds[{index}].kind", bound.Kind);
        foreach (var (index, rule) in (guardrail.Names ?? []).Index()) yield return ($"names[{index}].kind", rule.Kind);
        foreach (var (index, rule) in (guardrail.RequireTags ?? []).Index()) yield return ($"require_tags[{index}].kind", rule.Kind);
    }

    static string? Unknown(string plugin, ReadOptions read) =>
        read.Plugins.ContainsKey(plugin) ? null : $"there is no plugin '{plugin}'{Suggestion.For(plugin, read.Plugins.Keys)}";

    static string Suggested(string kind) =>
        Suggestion.For(kind, ControlKinds.All.Where(static each => !each.IsShared).Select(static each => each.Name));
}
