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
        if (outcome.ProviderStatus is >= 200 and < 300 && (outcome.Usage is null || outcome is { IsStream: true, IsComplete: false }))
            outcome.Usage = Completed(call);
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

    /// <summary>
    /// What a call used, as far as the provider has said it, and the gateway's own count of what is missing: all of it where providers say nothing, the
    /// answer where a stream broke off before its usage came.
    /// </summary>
    public static TokenUsage Completed(LlmCall call)
    {
        var model = call.Outcome.ModelServed ?? call.Outcome.ModelSent;
        var output = call.Budget is { Tokens.Seen: > 0 and var seen } ? seen
            : call.Outcome.TextChars == 0 ? 0 : TokenEstimator.Body(call.Outcome.TextChars, model).Tokens;
        if (call.Outcome.Usage is { } said) return said.Output >= output ? said : said with { Output = output, IsEstimated = true };
        var input = TokenEstimator.Body(call.Scan.Size.TextBytes, model).Tokens + call.Scan.Size.Tokens;
        return new() { Input = input, Output = output, IsEstimated = true };
    }

    [LoggerMessage(1, LogLevel.Error, "Request {RequestId}: its usage record could not be written")]
    static partial void LogLost(ILogger log, Exception failed, string requestId);
}
