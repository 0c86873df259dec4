namespace Weir.Config;

/// <summary>Rules of budgets.</summary>
static class BudgetChecks
{
    public static void Check(Row row, BudgetConfig budget, Report report)
    {
        if (budget is { AppliesTo: BudgetLevel.Everyone, Values: not null })
            report.Error(row, "values", "must be null when 'applies_to' is 'everyone'");
        CheckLimits(row, budget, report);
        CheckWindow(row, budget, report);
        CheckExhaustion(row, budget, report);
    }

    static void CheckLimits(Row row, BudgetConfig budget, Report report)
    {
        if (budget.Limit is null && budget.SoftLimit is null)
            report.Error(row, "", "at least one of these fields must be non-empty: 'limit', 'soft_limit'");
        var hard = Amount(row, "limit", budget.Limit, budget.Counts, report);
        var soft = Amount(row, "soft_limit", budget.SoftLimit, budget.Counts, report);
        if (soft == 0)
            report.Error(row, "soft_limit", "must be greater than 0");
        if (soft >= hard)
            report.Error(row, "soft_limit", $"must be lower than 'limit', which is {budget.Limit}");
        for (var i = 0; i < budget.Alerts.Count; i++)
            if (budget.Limit is not null && budget.Alerts[i] > 1)
                report.Error(row, $"alerts[{i}]", "must be at most 1: more than 'limit' is never used");
    }

    static long? Amount(Row row, string field, string? text, BudgetCounts counts, Report report)
    {
        if (text is null)
            return null;
        var amount = BudgetAmount.Parse(text, counts);
        if (amount is null)
            report.Error(row, field, $"invalid value '{text}': {BudgetAmount.Expected(counts)}");
        return amount;
    }

    static void CheckWindow(Row row, BudgetConfig budget, Report report)
    {
        var calendar = budget.WindowType == BudgetWindowType.Calendar;
        var sized = budget.WindowType is BudgetWindowType.Fixed or BudgetWindowType.Sliding;
        if (sized && budget.WindowSize is null)
            report.Error(row, "window_size", "required field missing: windows that are fixed or sliding have a length in seconds");
        if (!sized && budget.WindowSize is not null)
            report.Error(row, "window_size", "must be null unless 'window_type' is 'fixed' or 'sliding'");
        Only("period", budget.Period is not null, calendar, "'window_type' is 'calendar'");
        Only("timezone", budget.Timezone is not null, calendar, "'window_type' is 'calendar'");
        Only("week_start_day", budget.WeekStartDay is not null, calendar && budget.Period == BudgetPeriod.Week, "'period' is 'week'");
        Only("month_day", budget.MonthDay is not null, calendar && budget.Period is null or BudgetPeriod.Month, "'period' is 'month'");
        if (budget.Timezone is { } zone && !TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _))
            report.Error(row, "timezone", $"invalid value '{zone}': expected a time zone that this machine knows, such as Europe/Berlin or UTC");

        void Only(string field, bool isSet, bool isAllowed, string when)
        {
            if (isSet && !isAllowed)
                report.Error(row, field, $"must be null unless {when}");
        }
    }

    static void CheckExhaustion(Row row, BudgetConfig budget, Report report)
    {
        var grows = budget.Counts is not (BudgetCounts.Requests or BudgetCounts.PromptTokens);
        Refuse("clamp_max_tokens", budget.ClampMaxTokens);
        Refuse("when_exhausted", budget.WhenExhausted == BudgetExhaustion.EndStreams);

        void Refuse(string field, bool isSet)
        {
            if (!isSet)
                return;
            if (!grows)
                report.Error(row, field, "has no meaning where output is not counted: expected 'counts' to be cost, total_tokens or completion_tokens");
            else if (budget.Limit is null)
                report.Error(row, field, "has no meaning without 'limit'");
        }
    }
}
