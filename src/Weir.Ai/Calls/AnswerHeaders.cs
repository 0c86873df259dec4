using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Weir.Ai;

/// <summary>What an answer's head says of the call: of a whole answer everything, of a stream what is known when its first content has come.</summary>
static class AnswerHeaders
{
    public const string KongModel = "X-Kong-LLM-Model";
    public const string Provider = "Weir-LLM-Provider";
    public const string Model = "Weir-LLM-Model";
    public const string Cost = "Weir-LLM-Cost";
    public const string InputTokens = "Weir-LLM-Input-Tokens";
    public const string OutputTokens = "Weir-LLM-Output-Tokens";
    public const string Tries = "Weir-LLM-Tries";
    public const string Losses = "Weir-Translation-Loss";
    public const string Overhead = "Weir-Overhead-Ms";

    const long TicksPerHundredth = TimeSpan.TicksPerMillisecond / 100;

    /// <summary>Texts of the overheads that are usual, by hundredths of a millisecond.</summary>
    static readonly string[] s_usualMs = [.. Enumerable.Range(0, 1000).Select(static hundredths => TextOf(hundredths))];

    public static void Write(LlmRoute route, LlmOutcome outcome, TimeSpan elapsed, IHeaderDictionary headers)
    {
        if (outcome.Target is not { } target) return;
        var model = outcome.ModelServed ?? outcome.ModelSent;
        if (route.NamesModel) headers[KongModel] = model == target.Config.Model.Name ? target.Label : $"{target.ProviderText}/{model}";
        if (!outcome.Losses.IsEmpty) headers[Losses] = outcome.Losses.ToString();
        if (!route.TellsCall) return;
        headers[Provider] = target.ProviderText;
        if (model.Length > 0) headers[Model] = model;
        if (outcome.Tries > 1) headers[Tries] = outcome.Tries.ToString(CultureInfo.InvariantCulture);
        headers[Overhead] = OverheadOf(elapsed - outcome.Waited);
        if (outcome.IsStream) return;
        if (outcome.Cost is { } cost) headers[Cost] = new Nano(cost).ToString();
        if (outcome.Usage is not { } usage) return;
        headers[InputTokens] = usage.Input.ToString(CultureInfo.InvariantCulture);
        headers[OutputTokens] = usage.Output.ToString(CultureInfo.InvariantCulture);
    }

    static string OverheadOf(TimeSpan overhead)
    {
        var hundredths = Math.Max(0, overhead.Ticks + (TicksPerHundredth / 2)) / TicksPerHundredth;
        return hundredths < s_usualMs.Length ? s_usualMs[hundredths] : TextOf(hundredths);
    }

    static string TextOf(long hundredths) => string.Create(CultureInfo.InvariantCulture, $"{hundredths / 100}.{hundredths % 100:D2}");
}
