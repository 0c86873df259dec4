using System.Globalization;
using Microsoft.Extensions.Logging;
using Weir.Config;
using Weir.Limits;

namespace Weir.Ai;

/// <summary>Tells how budgets stand after an operation: metrics always, and each threshold in the log when it is reached.</summary>
static partial class BudgetAlerts
{
    public static void Tell(List<MatchedBudget> matched, ReadOnlySpan<LineUse> uses, BudgetParts parts, string requestId)
    {
        for (var i = 0; i < matched.Count; i++)
        {
            ref readonly var use = ref uses[i];
            // The store is away and nobody watches: there is nothing to tell.
            if (use.ResetsMs == 0) continue;
            var budget = matched[i].Budget;
            parts.Metrics.Used(matched[i], use);
            if (use.Overrun > 0) parts.Metrics.Overran(budget);
            for (var alert = use.AlertsFrom; alert < use.AlertsTo; alert++) Alert(matched[i], budget.Rule.Alerts[alert], use, parts, requestId);
        }
    }

    static void Alert(in MatchedBudget matched, long amount, in LineUse use, BudgetParts parts, string requestId)
    {
        var budget = matched.Budget;
        var threshold = BudgetMetrics.Threshold(budget, amount);
        parts.Metrics.Alert(budget, threshold);
        var whose = matched.Value.Length == 0 ? "all" : $"{LevelText(budget.Level)} '{matched.Value}'";
        var unit = budget.Config.Counts.ToString().ToLowerInvariant();
        var ends = budget.Rule.Window == BudgetWindow.Lifetime ? "never"
            : DateTimeOffset.FromUnixTimeMilliseconds(use.ResetsMs).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        LogAlert(parts.Log, budget.Name, whose, threshold, budget.Text(use.Spent), budget.Text(budget.Rule.Limit), unit, ends, requestId);
    }

    static string LevelText(BudgetLevel level) => level.ToString().ToLowerInvariant();

    [LoggerMessage(1, LogLevel.Warning,
        "Budget {Budget} of {Whose} has reached {Threshold}: {Spent} of {Limit} ({Unit}) are spent; its window ends: {Ends} (request {RequestId})")]
    static partial void LogAlert(
        ILogger log, string budget, string whose, string threshold, string spent, string limit, string unit, string ends, string requestId);
}
