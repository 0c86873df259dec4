using Microsoft.Extensions.Logging;
using Weir.Telemetry;

namespace Weir.Ai;

/// <summary>Puts calls into the books when they are over: what they used, what it cost, who made them.</summary>
sealed partial class LlmBooks(PriceBookFiles? prices, UsageLedger? ledger, UnpricedPolicy unpriced, TimeProvider time, ILogger<LlmBooks> log)
{
    /// <summary>What becomes of calls to models without prices.</summary>
    public UnpricedPolicy Unpriced => unpriced;

    /// <summary>The prices of a model; an empty quote where it has none and may be called all the same.</summary>
    public PriceQuote Quote(Target target, string served, string? asked)
    {
        if (target.OwnPrices is { } own) return new PriceQuote(own, IsRefused: false);
        var book = prices?.Current ?? PriceBook.Empty;
        return book.Quote(target.ProviderText, served, asked, time.GetUtcNow(), unpriced);
    }

    /// <summary>
    /// Settles a call: completes its usage, prices it, and writes its record. When this is done the record is on the disk. Once per call; later calls do
    /// nothing.
    /// </summary>
    public async ValueTask SettleAsync(Exchange exchange, LlmCall call)
    {
        var outcome = call.Outcome;
        if (outcome.IsSettled || outcome.Target is not { } target || outcome.Tries == 0) return;
        outcome.IsSettled = true;
        Price(call, target);
        // Before the ledger: what is in a record is charged, whatever happens to this process in between.
        if (call.Budget is { } budget) await budget.SettleAsync(outcome);
        if (ledger is not null) await WriteAsync(UsageRecords.Of(exchange, call, target, time), ledger);
    }

    /// <summary>
    /// Puts answers of a session into the books, each as a record of its own: the session goes on. When this is done they are charged and on the disk.
    /// </summary>
    /// <param name="exchange">The session.</param>
    /// <param name="call">Its call.</param>
    /// <param name="answers">What each of the answers used.</param>
    /// <param name="session">Gets them added.</param>
    public async ValueTask SettleAnswersAsync(Exchange exchange, LlmCall call, IReadOnlyList<TokenUsage> answers, UsageTally session)
    {
        var outcome = call.Outcome;
        if (outcome.Target is not { } target) return;
        var begun = UsageRecords.Begin(exchange, call, target) with { Time = time.GetUtcNow() };
        var charged = new UsageTally();
        var records = new List<UsageRecord>(answers.Count);
        foreach (var used in answers)
        {
            var sheet = SheetOf(used, target, outcome);
            charged.Add(used, sheet);
            session.Add(used, sheet);
            records.Add(UsageRecords.Complete(begun, call, time).With(used, sheet) with { Outcome = "ok" });
        }
        if (call.Budget is { } budget) await budget.SettleAnswersAsync(charged);
        if (ledger is null) return;
        foreach (var record in records) await WriteAsync(record, ledger);
    }

    /// <summary>Settles a copy of a call, whose record has been begun while its exchange was at hand.</summary>
    public async ValueTask SettleMirrorAsync(UsageRecord begun, LlmCall copy)
    {
        if (copy.Outcome.Target is not { } target) return;
        Price(copy, target);
        if (copy.Budget is { } budget) await budget.SettleAsync(copy.Outcome);
        if (ledger is not null) await WriteAsync(UsageRecords.Complete(begun, copy, time), ledger);
    }

    void Price(LlmCall call, Target target)
    {
        var outcome = call.Outcome;
        if (outcome.ProviderStatus is >= 200 and < 300 || outcome.MayBeBilled) outcome.Usage = Completed(call);
        if (outcome.Usage is { } usage) outcome.Sheet = SheetOf(usage, target, outcome);
    }

    CostSheet SheetOf(TokenUsage usage, Target target, LlmOutcome outcome) =>
        Quote(target, outcome.ModelServed ?? outcome.ModelSent, outcome.ModelSent).Cost(usage);

    async ValueTask WriteAsync(UsageRecord record, UsageLedger to)
    {
        try
        {
            await to.AppendAsync(record);
        }
        catch (Exception failed) when (failed is UsageLedgerException or IOException)
        {
            LogLost(log, failed, record.RequestId);
        }
    }

    /// <summary>
    /// The provider's usage; where it says nothing the gateway's own count. Of an answer that broke off, what the provider said before its end is the begin of
    /// it: the count of what came completes it, and it is marked as an estimate.
    /// </summary>
    public static TokenUsage Completed(LlmCall call)
    {
        var outcome = call.Outcome;
        if (outcome.Usage is { } whole && (outcome.IsComplete || whole.IsEstimated)) return whole;
        var model = outcome.ModelServed ?? outcome.ModelSent;
        var output = outcome.MayBeBilled ? 0
            : call.Budget is { Tokens.Seen: > 0 and var seen } ? seen
            : outcome.TextChars == 0 ? 0 : TokenEstimator.Body(outcome.TextChars, model).Tokens;
        if (outcome.Usage is { } begun) return begun with { Output = Math.Max(begun.Output, output), IsEstimated = true };
        return new()
        {
            Input = TokenEstimator.Body(call.Scan.Size.TextBytes, model).Tokens + call.Scan.Size.Tokens,
            Output = output,
            IsEstimated = true,
        };
    }

    [LoggerMessage(1, LogLevel.Error, "Request {RequestId}: its usage record could not be written")]
    static partial void LogLost(ILogger log, Exception failed, string requestId);
}
