using Weir.Config;
using Weir.Limits;

namespace Weir.Ai;

/// <summary>How much output a call reserves before it is made.</summary>
/// <param name="Units">Tokens asked for, and the fewest that are of use.</param>
/// <param name="MayClamp">The limit of tokens of the call may be lowered to what is granted.</param>
/// <param name="MayOutgrow">The call is a stream that may go on beyond what is granted, unless it is ended.</param>
readonly record struct ReservePlan(UnitRange Units, bool MayClamp, bool MayOutgrow)
{
    /// <summary>Fewest tokens of an answer that a limit is lowered to: fewer are no answer, and some providers refuse them.</summary>
    const int ClampedTokensMin = 16;

    /// <summary>All budgets that limit output let it be lowered, whether or not they say so of limits of tokens.</summary>
    public bool AllClamp { get; init; }

    public static ReservePlan Of(List<MatchedBudget> matched, in CallBound bound, LlmCall call, BudgetSettings settings, bool reasons)
    {
        // A copy is written before it is paid for, and is worth nothing when it is cut short.
        if (call.CopyOf is not null) return new(UnitRange.Exactly(bound.OutputMax), MayClamp: false, MayOutgrow: false);
        var (limits, clamps, ends) = (false, false, true);
        foreach (var (budget, _) in matched)
        {
            if (!budget.LimitsOutput) continue;
            limits = true;
            clamps |= budget.Config.ClampMaxTokens;
            ends &= budget.Config.WhenExhausted == BudgetExhaustion.EndStreams;
        }
        var isChat = call.Surface.Operation == Operation.Chat;
        var isStream = isChat && call.Outcome.IsStream && limits && !bound.IsStated;
        var fewest = Math.Min(bound.OutputMax, LeastOf(bound) * bound.Choices);
        if (isStream && ends)
        {
            // Thoughts that are not shown cannot be counted while they pass, and several answers at once cannot be ended properly: the provider ends these
            // itself, at a limit of tokens that is what they hold.
            if (reasons || bound.ThinkingTokens > 0 || bound.Choices > 1)
                return new(new UnitRange(bound.OutputMax, fewest), MayClamp: true, MayOutgrow: false) { AllClamp = true };
            var first = Math.Min(bound.OutputMax, settings.StreamTokensReserved);
            return new(new UnitRange(first, Math.Min(first, ClampedTokensMin)), MayClamp: false, MayOutgrow: true);
        }
        var clamp = clamps && isChat;
        return new(new UnitRange(bound.OutputMax, clamp ? fewest : bound.OutputMax), clamp, isStream && !bound.IsHeld && bound.Choices == 1);
    }

    /// <summary>Fewest tokens of one answer: beside those there must be room for the fewest of thinking.</summary>
    static long LeastOf(in CallBound bound) => ClampedTokensMin + Math.Min(bound.ThinkingTokens, OperatorSettings.ThinkingTokensMin);
}
