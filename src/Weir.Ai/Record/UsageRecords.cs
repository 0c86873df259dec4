using Weir.Telemetry;

namespace Weir.Ai;

/// <summary>The usage record of a call.</summary>
static class UsageRecords
{
    public static UsageRecord Of(Exchange exchange, LlmCall call, Target target, TimeProvider time)
    {
        var outcome = call.Outcome;
        var sheet = outcome.Sheet;
        return new UsageRecord
        {
            Time = exchange.StartedAt,
            RequestId = exchange.RequestId,
            Consumer = exchange.Consumer?.Username ?? exchange.Consumer?.CustomId ?? exchange.Consumer?.Id,
            Credential = exchange.Credential?.Id,
            Group = exchange.Consumer is { Groups: [var group, ..] } ? group.Name : null,
            User = call.Scan.User,
            Route = exchange.Route?.Label,
            Provider = target.ProviderText,
            ModelAsked = call.ModelAsked.Length == 0 ? outcome.ModelSent : call.ModelAsked,
            ModelServed = outcome.ModelServed ?? outcome.ModelSent,
            ServiceTier = outcome.Usage?.ServiceTier,
            Tokens = outcome.Usage is { } usage ? TokensOf(usage) : new UsageTokens(),
            Cost = sheet is null ? [] : [.. sheet.Lines.Select(LineOf)],
            CostTotal = sheet?.Total.Units ?? 0,
            Currency = sheet is { Currency.Length: > 0 } ? sheet.Currency : null,
            PriceId = sheet is { PriceId.Length: > 0 } ? sheet.PriceId : null,
            PriceState = sheet?.State switch { PriceState.Priced => "priced", PriceState.Estimated => "estimated", PriceState.Unpriced => "unpriced", _ => null },
            Outcome = OutcomeOf(outcome),
            Status = outcome.ProviderStatus,
            Attempts = outcome.Tries,
            LatencyMs = outcome.EndedTicks == 0 ? 0 : (long)time.GetElapsedTime(outcome.SentTicks, outcome.EndedTicks).TotalMilliseconds,
            FirstTokenMs = outcome is { IsStream: true, FirstContentTicks: > 0 }
                ? (long)time.GetElapsedTime(outcome.SentTicks, outcome.FirstContentTicks).TotalMilliseconds
                : null,
            IsEstimated = outcome.Usage?.IsEstimated ?? false,
        };
    }

    static UsageTokens TokensOf(TokenUsage usage) => new()
    {
        Input = usage.Input,
        CachedRead = usage.CacheRead,
        CacheWrite = usage.CacheWrite,
        CacheWriteLong = usage.CacheWriteLong,
        AudioInput = usage.AudioInput,
        ImageInput = usage.ImageInput,
        Output = usage.Output,
        Reasoning = usage.Reasoning,
        AudioOutput = usage.AudioOutput,
        ImageOutput = usage.ImageOutput,
        WebSearches = usage.WebSearches,
    };

    static UsageCostLine LineOf(CostLine line) =>
        new(line.Component.Name(), line.Quantity, line.Price.Units, line.Factor.Units, line.Amount.Units);

    static string OutcomeOf(LlmOutcome outcome) => outcome switch
    {
        { ProviderStatus: >= 400 } => "refused",
        { Error: not null } => "failed",
        { IsComplete: true } => "ok",
        _ => "gone",
    };
}
