using Weir.Config;
using Weir.Limits;

namespace Weir.Ai;

/// <summary>The windows of configured budgets.</summary>
static class BudgetWindows
{
    public static BudgetWindow Of(BudgetConfig config) => config.WindowType switch
    {
        BudgetWindowType.Lifetime => BudgetWindow.Lifetime,
        BudgetWindowType.Fixed => BudgetWindow.Fixed(TimeSpan.FromSeconds(config.WindowSize!.Value)),
        BudgetWindowType.Sliding => BudgetWindow.Sliding(TimeSpan.FromSeconds(config.WindowSize!.Value)),
        _ => BudgetWindow.Calendar(
            UnitOf(config.Period ?? BudgetPeriod.Month),
            config.Timezone is { } zone ? TimeZoneInfo.FindSystemTimeZoneById(zone) : null,
            DayOf(config.WeekStartDay ?? BudgetWeekday.Monday),
            config.MonthDay ?? 1),
    };

    static CalendarUnit UnitOf(BudgetPeriod period) => period switch
    {
        BudgetPeriod.Hour => CalendarUnit.Hour,
        BudgetPeriod.Day => CalendarUnit.Day,
        BudgetPeriod.Week => CalendarUnit.Week,
        BudgetPeriod.Year => CalendarUnit.Year,
        _ => CalendarUnit.Month,
    };

    static DayOfWeek DayOf(BudgetWeekday day) => (DayOfWeek)(((int)day + 1) % 7);
}
