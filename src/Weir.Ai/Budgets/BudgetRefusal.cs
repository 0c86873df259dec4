using System.Globalization;
using Weir.Limits;

namespace Weir.Ai;

/// <summary>What a client is told when a budget has no room: which one and when to come back, but not how much others have used.</summary>
/// <param name="Reason">Word for metrics.</param>
/// <param name="Error">The error.</param>
readonly record struct BudgetRefusal(string Reason, LlmError Error)
{
    /// <summary>Calls under way hold what is missing: seconds until some of it has probably come back.</summary>
    const int HeldSeconds = 2;

    public static BudgetRefusal Of(Budget budget, in LineUse use, long needed, DateTimeOffset now)
    {
        var rule = budget.Rule;
        if (needed > rule.Limit)
        {
            return new("too_large", ErrorOf(budget, null,
                $"the request may use more than the budget '{budget.Name}' has in all; ask for a shorter answer, with a lower limit of tokens"));
        }
        if (use.Spent + needed <= rule.Limit)
            return new("held", ErrorOf(budget, HeldSeconds, $"requests under way hold what is left of the budget '{budget.Name}'"));
        if (rule.Window == BudgetWindow.Lifetime) return new("exhausted", ErrorOf(budget, null, $"the budget '{budget.Name}' is used up"));
        var resets = Math.Max(1, (use.ResetsMs - now.ToUnixTimeMilliseconds() + 999) / 1000);
        var at = DateTimeOffset.FromUnixTimeMilliseconds(use.ResetsMs).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        return new("exhausted", ErrorOf(budget, (int)Math.Min(int.MaxValue, resets), $"the budget '{budget.Name}' is used up until {at}"));
    }

    static LlmError ErrorOf(Budget budget, int? retryAfter, string message) =>
        new(LlmErrorKind.RateLimit, budget.Config.ErrorCode, message) { Code = "budget_exceeded", RetryAfterSeconds = retryAfter };
}
