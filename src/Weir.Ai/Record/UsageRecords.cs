using Weir.Telemetry;

namespace Weir.Ai;

/// <summary>The usage record of a call.</summary>
static class UsageRecords
{
    public static UsageRecord Of(Exchange exchange, LlmCall call, Target target, TimeProvider time) => Complete(Begin(exchange, call, target), call, time);

    /// <summary>What is known of a call before its answer, who makes it above all.</summary>
    public static UsageRecord Begin(Exchange exchange, LlmCall call, Target target)
    {
        var payer = Payer.Of(exchange);
        return new UsageRecord
        {
            Time = exchange.StartedAt,
            RequestId = exchange.RequestId,
            Consumer = exchange.Consumer?.Username ?? exchange.Consumer?.CustomId ?? exchange.Consumer?.Id,
            Credential = exchange.Credential?.Id,
            Group = exchange.Consumer is { Groups: [var group, ..] } ? group.Name : null,
            Organisation = payer?.Organisation,
            Project = payer?.Project,
            Team = payer?.Team,
            User = payer?.User ?? call.Scan.User,
            Key = payer?.Key,
            Agent = payer?.Agent,
            Session = payer?.Session,
            Route = exchange.Route?.Label,
            Provider = target.ProviderText,
            ModelAsked = call.ModelAsked.Length == 0 ? call.Outcome.ModelSent : call.ModelAsked,
            Outcome = "",
        };
    }

    /// <summary>The record of a call that is over.</summary>
    public static UsageRecord Complete(UsageRecord begun, LlmCall call, TimeProvider time)
    {
        var outcome = call.Outcome;
        var record = begun with
        {
            ModelServed = outcome.ModelServed ?? outcome.ModelSent,
            Outcome = OutcomeOf(outcome),
            Status = outcome.ProviderStatus,
            Attempts = outcome.Tries,
            LatencyMs = outcome.EndedTicks == 0 ? 0 : (long)time.GetElapsedTime(outcome.SentTicks, outcome.EndedTicks).TotalMilliseconds,
            FirstTokenMs = outcome is { IsStream: true, FirstContentTicks: > 0 }
                ? (long)time.GetElapsedTime(outcome.SentTicks, outcome.FirstContentTicks).TotalMilliseconds
                : null,
        };
        return outcome is { Usage: { } usage, Sheet: { } sheet } ? record.With(usage, sheet) : record;
    }

    static string OutcomeOf(LlmOutcome outcome) => outcome switch
    {
        { ProviderStatus: >= 400 } => "refused",
        { ClientLeft: true } => "gone",
        { Error: not null } => "failed",
        { IsCut: true } => "cut",
        { IsComplete: true } => "ok",
        _ => "gone",
    };
}
