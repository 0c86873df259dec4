using System.Globalization;

namespace Weir.Ai;

/// <summary>
/// How much a Gemini model is asked to think: a budget of tokens up to 2.5, a level from 3 on. Efforts are translated as Google does it in its own
/// OpenAI-compatible endpoint.
/// </summary>
/// <param name="Budget">thinkingBudget; 0 for none, -1 for as much as the model likes.</param>
/// <param name="Level">thinkingLevel.</param>
/// <param name="Shows">includeThoughts.</param>
readonly record struct GeminiThinking(int? Budget, string? Level, bool? Shows)
{
    const int LowBudget = 1024;
    const int MediumBudget = 8192;
    const int HighBudget = 24576;

    /// <summary>The least that 2.5 Pro takes: it cannot be told not to think.</summary>
    const int ProBudgetMin = 128;

    public static GeminiThinking Of(Reasoning reasoning, DialectName from, ModelTarget target, Losses losses)
    {
        if (from == DialectName.Gemini)
        {
            int? own = reasoning.IsAdaptive ? -1 : reasoning.IsEnabled == false ? 0 : reasoning.BudgetTokens;
            return new(own, reasoning.Effort, reasoning.Summary is null ? null : reasoning.Summary != "none");
        }
        var version = GeminiModel.Version(target.Model);
        if (version is > 0 and < 2.5)
        {
            losses.Add(FieldNames.Of(from, "reasoning_effort"));
            return default;
        }
        var isOff = reasoning.IsEnabled == false || reasoning.Effort == "none";
        if (isOff) return Off(version, target.Model, from, losses);
        var shows = AsksThoughts(reasoning, from);
        if (reasoning.BudgetTokens is { } budget) return new(budget, null, shows);
        if (reasoning.Effort is null) return new(reasoning.IsAdaptive && version < 3 ? -1 : null, null, shows);
        return version is > 0 and < 3 ? new(BudgetOf(reasoning.Effort), null, shows) : new(null, LevelOf(reasoning.Effort), shows);
    }

    static GeminiThinking Off(double version, string model, DialectName from, Losses losses)
    {
        if (version is > 0 and < 3 && !model.Contains("pro", StringComparison.OrdinalIgnoreCase)) return new(0, null, null);
        losses.Add(FieldNames.Of(from, "reasoning_effort"));
        return version is > 0 and < 3 ? new(ProBudgetMin, null, null) : new(null, "low", null);
    }

    /// <summary>Thoughts are shown when asked for; callers of Anthropic's dialect always get them.</summary>
    static bool? AsksThoughts(Reasoning reasoning, DialectName from)
    {
        if (reasoning.Summary is { } summary) return summary != "none";
        return from is DialectName.Anthropic or DialectName.Bedrock ? true : null;
    }

    static int BudgetOf(string effort) => effort switch
    {
        "minimal" or "low" => LowBudget,
        "medium" => MediumBudget,
        _ => HighBudget,
    };

    static string LevelOf(string effort) => effort switch
    {
        "minimal" or "low" or "medium" => effort,
        _ => "high",
    };
}

/// <summary>What the name of a Gemini model tells.</summary>
static class GeminiModel
{
    /// <summary>2.5 of <c>gemini-2.5-flash</c>; 0 where the name has none.</summary>
    public static double Version(string model)
    {
        var at = model.IndexOf("gemini-", StringComparison.OrdinalIgnoreCase);
        if (at < 0) return 0;
        var rest = model.AsSpan(at + "gemini-".Length);
        var end = 0;
        while (end < rest.Length && (char.IsAsciiDigit(rest[end]) || rest[end] == '.')) end++;
        return double.TryParse(rest[..end], CultureInfo.InvariantCulture, out var version) ? version : 0;
    }
}
