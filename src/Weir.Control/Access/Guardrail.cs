using System.Text.Json;
using System.Text.RegularExpressions;

namespace Weir.Control;

/// <summary>A guardrail as changes meet it: for which workspaces it holds, and what its patterns are.</summary>
sealed class Guardrail
{
    readonly IReadOnlyList<GuardrailExceptionConfig> _exceptions;

    Guardrail(Guid id, GuardrailConfig config, IReadOnlyList<GuardrailExceptionConfig> exceptions)
    {
        (Id, Config, _exceptions) = (id, config, exceptions);
        // A team's names are matched with what the platform wrote: neither side can make it take long.
        Names = [.. (config.Names ?? []).Select(static rule => (rule.Kind, rule.Pattern, new Regex($"^(?:{rule.Pattern})$", RegexOptions.NonBacktracking)))];
    }

    public Guid Id { get; }

    public GuardrailConfig Config { get; }

    public IReadOnlyList<(string Kind, string Pattern, Regex Regex)> Names { get; }

    /// <summary>The enabled guardrails of a state.</summary>
    public static List<Guardrail> Of(ControlState state)
    {
        List<Guardrail> found = [];
        foreach (var stored in state.Table(ControlState.Root, ControlKinds.Guardrails).All)
        {
            var config = Read<GuardrailConfig>(stored);
            if (!config.Enabled) continue;
            var exceptions = state.Table(ControlState.Root, ControlKinds.GuardrailExceptions).Referring(0, stored.Id).Select(Read<GuardrailExceptionConfig>);
            found.Add(new Guardrail(stored.Id, config, [.. exceptions]));
        }
        return found;
    }

    /// <summary>Whether its rules are for a workspace.</summary>
    public bool IsFor(string workspace) => Config.Workspaces is { } names
        ? names.Any(name => Matches(name, workspace)) : workspace != ControlState.DefaultWorkspaceName;

    /// <summary>Whether somebody gave leave to break it.</summary>
    public bool IsExcepted(string workspace, Guid entity, DateTimeOffset now)
    {
        foreach (var exception in _exceptions)
            if (exception.Workspace == workspace && (exception.Entity is null || exception.Entity == entity.ToString())
                && GuardrailChecks.TryUntil(exception, out var until) && now < until)
                return true;
        return false;
    }

    /// <summary>Whether a text is a pattern's, with '*' at its end for any ending.</summary>
    public static bool Matches(string pattern, string text) =>
        pattern.EndsWith('*') ? text.StartsWith(pattern[..^1], StringComparison.Ordinal) : text == pattern;

    static T Read<T>(Stored stored) => (T)JsonSerializer.Deserialize(stored.Json.Span, stored.Kind.Type)!;
}
