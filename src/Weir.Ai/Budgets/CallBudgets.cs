using System.Globalization;
using Microsoft.Extensions.Logging;
using Weir.Config;
using Weir.Limits;

namespace Weir.Ai;

/// <summary>The budgets of one document, ready for calls. A call that no budget matches costs nothing here.</summary>
sealed partial class CallBudgets(BudgetPlan plan, BudgetParts parts)
{
    /// <summary>
    /// Reserves the most that a call to this target may use in every budget that it is subject to, all or nothing; asked again for another target, only what
    /// is needed more. The error says why the call must not be made.
    /// </summary>
    public ValueTask<LlmError?> ReserveAsync(Exchange exchange, LlmCall call, Target target, LlmBooks books)
    {
        var error = Ask(exchange, call, target, books, out var ask);
        return error is not null ? new(error) : ask is { } wanted ? call.Budget!.ReserveAsync(wanted) : default;
    }

    /// <summary>Reserves for the next answer of a session, whose last ones are settled. The error says why the session must end.</summary>
    public async ValueTask<LlmError?> GoOnAsync(Exchange exchange, LlmCall call, Target target, LlmBooks books)
    {
        if (call.Budget is null || await ReserveAsync(exchange, call, target, books) is not { } error) return null;
        parts.Metrics.Cut();
        LogEnded(parts.Log, exchange.RequestId, error.Message);
        return error;
    }

    /// <summary>What a call to this target needs, while its exchange is at hand; the call has a budget then. Null for nothing.</summary>
    public LlmError? Ask(Exchange exchange, LlmCall call, Target target, LlmBooks books, out BudgetAsk? ask)
    {
        ask = null;
        if (call.Surface.Operation is Operation.CountTokens or Operation.Models) return null;
        if (plan.IsEmpty && Payer.Of(exchange) is not { Budgets.Count: > 0 }) return null;
        var model = target.ModelFor(exchange, call.ModelAsked);
        var matched = plan.Match(CallPath.Of(exchange, call, target, model), out var unknown);
        if (unknown is not null) return Unknown(exchange, unknown);
        if (matched is null && call.Budget is null) return null;
        if (matched is { Count: > BudgetLine.LinesMax }) return TooMany(exchange, matched.Count);
        var quote = books.Quote(target, model, null);
        // Refused for its price anyway, by whoever asks next.
        if (quote.IsRefused) return null;
        if (quote.Entry is null && matched?.Find(static each => NeedsPrice(each.Budget)) is { Budget: { } strict }) return Unpriced(strict, target, model);
        var bound = CallBound.Of(call, target, model, quote.Entry, parts.Settings.OutputTokensAssumed);
        if (call.CopyOf is not null) bound = Held(call, bound, matched);
        // A copy outlives its exchange.
        call.Budget ??= new CallBudget(call, exchange.RequestId, parts, call.CopyOf is null ? exchange.Aborted : CancellationToken.None);
        ask = new BudgetAsk(matched ?? [], bound, BudgetAmounts.CostOf(quote.Entry, bound), target.TraitsOf(model).Reasons);
        return null;
    }

    /// <summary>Nobody ends a copy that outgrows what it holds: where no one limits its answer, what is reserved does.</summary>
    static CallBound Held(LlmCall copy, in CallBound bound, List<MatchedBudget>? matched)
    {
        if (copy.Surface.Operation != Operation.Chat) return bound;
        if (!bound.IsHeld && matched?.Find(static each => each.Budget.LimitsOutput) is not null)
            copy.OutputTokensCap = OperatorSettings.Lower((int)Math.Min(int.MaxValue, bound.OutputMax / bound.Choices), copy.OutputTokensCap);
        return copy.OutputTokensCap is { } cap ? bound with { OutputMax = Math.Min(bound.OutputMax, (long)cap * bound.Choices) } : bound;
    }

    static bool NeedsPrice(Budget budget) => budget is { Config: { Counts: BudgetCounts.Cost, Unpriced: UnpricedCalls.Block }, Rule.IsHard: true };

    LlmError Unknown(Exchange exchange, string name)
    {
        parts.Metrics.Refused(name, "unknown");
        LogUnknown(parts.Log, exchange.RequestId, name);
        return new(LlmErrorKind.Overloaded, 503, $"the budget '{name}' of this key is not configured");
    }

    LlmError TooMany(Exchange exchange, int count)
    {
        parts.Metrics.Refused("", "too_many");
        LogTooMany(parts.Log, exchange.RequestId, count, BudgetLine.LinesMax);
        var message = string.Create(CultureInfo.InvariantCulture, $"the call is subject to more than {BudgetLine.LinesMax} budgets");
        return new(LlmErrorKind.Overloaded, 503, message);
    }

    LlmError Unpriced(Budget budget, Target target, string model)
    {
        parts.Metrics.Refused(budget.Name, "unpriced");
        var message = $"model {target.ProviderText}/{model} has no price, and the budget '{budget.Name}' limits cost";
        return new(LlmErrorKind.Permission, 403, message) { Param = "model" };
    }

    [LoggerMessage(1, LogLevel.Error, "Request {RequestId}: its key names the budget {Budget}, which is not configured")]
    static partial void LogUnknown(ILogger log, string requestId, string budget);

    [LoggerMessage(3, LogLevel.Warning, "Request {RequestId}: its session was ended: {Reason}")]
    static partial void LogEnded(ILogger log, string requestId, string reason);

    [LoggerMessage(2, LogLevel.Error, "Request {RequestId}: it is subject to {Count} budgets; at most {CountMax} are possible")]
    static partial void LogTooMany(ILogger log, string requestId, int count, int countMax);
}

/// <summary>What a call needs of its budgets.</summary>
/// <param name="Matched">The budgets that it is subject to.</param>
/// <param name="Bound">The most that it may use.</param>
/// <param name="Cost">The most that it may cost.</param>
/// <param name="Reasons">The model thinks before it answers.</param>
readonly record struct BudgetAsk(List<MatchedBudget> Matched, CallBound Bound, BudgetAmounts Cost, bool Reasons);
