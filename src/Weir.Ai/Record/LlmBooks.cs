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
        if (outcome.Usage is null && outcome.ProviderStatus is >= 200 and < 300) outcome.Usage = Estimate(call);
        if (outcome.Usage is { } usage)
        {
            var quote = Quote(target, outcome.ModelServed ?? outcome.ModelSent, outcome.ModelSent);
            outcome.Sheet = quote.Entry is { } entry ? CostSheet.Of(usage, entry) : CostSheet.WithoutPrices(usage);
        }
        // Before the ledger: what is in a record is charged, whatever happens to this process in between.
        if (call.Budget is { } budget) await budget.SettleAsync(outcome);
        if (ledger is null) return;
        try
        {
            await ledger.AppendAsync(UsageRecords.Of(exchange, call, target, time));
        }
        catch (Exception failed) when (failed is UsageLedgerException or IOException)
        {
            LogLost(log, failed, exchange.RequestId);
        }
    }

    /// <summary>The gateway's own count, for providers that say nothing.</summary>
    static TokenUsage Estimate(LlmCall call)
    {
        var model = call.Outcome.ModelServed ?? call.Outcome.ModelSent;
        return new()
        {
            Input = TokenEstimator.Body(call.Scan.Size.TextBytes, model).Tokens + call.Scan.Size.Tokens,
            Output = TokenEstimator.Body(call.Outcome.TextChars, model).Tokens,
            IsEstimated = true,
        };
    }

    [LoggerMessage(1, LogLevel.Error, "Request {RequestId}: its usage record could not be written")]
    static partial void LogLost(ILogger log, Exception failed, string requestId);
}
