using System.Globalization;
using Weir.Config;
using Weir.Limits;

namespace Weir.Ai.Tests;

public sealed class BudgetTests
{
    static readonly BudgetConfig Hundred = new() { Name = "b", AppliesTo = BudgetLevel.Team, Limit = "100.00" };

    [Fact]
    public void Amounts_of_the_document_and_of_the_books_have_the_same_bound() => Assert.Equal(BudgetRule.AmountMax, BudgetAmount.Most);

    [Fact]
    public void A_limit_is_counted_in_billionths_and_is_hard()
    {
        var rule = new Budget(Hundred).Rule;
        Assert.Equal((100 * Nano.PerOne, true, BudgetKind.Reserved), (rule.Limit, rule.IsHard, rule.Kind));
        Assert.Equal([80 * Nano.PerOne, 100 * Nano.PerOne], rule.Alerts);
    }

    [Fact]
    public void A_soft_limit_is_an_alert_of_the_hard_one_and_alone_refuses_nothing()
    {
        Assert.Equal([50 * Nano.PerOne, 80 * Nano.PerOne, 100 * Nano.PerOne], new Budget(Hundred with { SoftLimit = "50" }).Rule.Alerts);
        var soft = new Budget(Hundred with { Limit = null, SoftLimit = "10", Alerts = [0.5, 2] });
        Assert.False(soft.Rule.IsHard);
        Assert.Equal([5 * Nano.PerOne, 10 * Nano.PerOne, 20 * Nano.PerOne], soft.Rule.Alerts);
        Assert.Equal(["50%", "soft_limit", "200%"], soft.Rule.Alerts.Select(amount => BudgetMetrics.Threshold(soft, amount)));
    }

    [Fact]
    public void Alerts_of_small_limits_are_told_apart_where_they_can_be() =>
        Assert.Equal([1, 2, 3], new Budget(Hundred with { Counts = BudgetCounts.Requests, Limit = "3", Alerts = [0.001, 0.1, 0.5, 0.9, 1] }).Rule.Alerts);

    [Fact]
    public void What_is_counted_and_for_whom_names_the_counters()
    {
        BudgetConfig[] all = [Hundred, Hundred with { Counts = BudgetCounts.TotalTokens, Limit = "100" }, Hundred with { AppliesTo = BudgetLevel.User },
            Hundred with { Period = BudgetPeriod.Day }, Hundred with { Name = "c" }];
        Assert.Equal(all.Length, all.Select(static config => new Budget(config).Rule.Scope.Name).Distinct().Count());
        Assert.Equal(new Budget(Hundred).Rule.Scope, new Budget(Hundred with { Limit = "7", Alerts = [], ClampMaxTokens = true }).Rule.Scope);
    }

    [Theory]
    [InlineData(nameof(BudgetPeriod.Hour), "2026-03-04T05:00:00Z", "2026-03-04T06:00:00Z")]
    [InlineData(nameof(BudgetPeriod.Day), "2026-03-03T23:00:00Z", "2026-03-04T23:00:00Z")]
    [InlineData(nameof(BudgetPeriod.Week), "2026-02-28T23:00:00Z", "2026-03-07T23:00:00Z")]
    [InlineData(nameof(BudgetPeriod.Month), "2026-02-14T23:00:00Z", "2026-03-14T23:00:00Z")]
    [InlineData(nameof(BudgetPeriod.Year), "2025-12-31T23:00:00Z", "2026-12-31T23:00:00Z")]
    public void Windows_of_the_calendar_begin_where_the_budget_says(string period, string start, string end)
    {
        var length = Enum.Parse<BudgetPeriod>(period);
        var window = new Budget(Hundred with
        {
            Period = length,
            Timezone = "Europe/Berlin",
            WeekStartDay = length == BudgetPeriod.Week ? BudgetWeekday.Sunday : null,
            MonthDay = length == BudgetPeriod.Month ? 15 : null,
        }).Rule.Window;
        var span = window.At(DateTimeOffset.Parse("2026-03-04T05:30:00Z", CultureInfo.InvariantCulture).ToUnixTimeMilliseconds());
        Assert.Equal((start, end), (Text(span.StartMs), Text(span.EndMs)));

        static string Text(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
    }

    [Fact]
    public void Other_windows_are_as_long_as_the_budget_says()
    {
        Assert.Same(BudgetWindow.Lifetime, new Budget(Hundred with { WindowType = BudgetWindowType.Lifetime }).Rule.Window);
        var sliding = new Budget(Hundred with { WindowType = BudgetWindowType.Sliding, WindowSize = 60 }).Rule.Window;
        Assert.True(sliding.IsSliding);
        var fixedOne = new Budget(Hundred with { WindowType = BudgetWindowType.Fixed, WindowSize = 90 }).Rule.Window.At(1_000_000);
        Assert.Equal((990_000, 1_080_000), (fixedOne.StartMs, fixedOne.EndMs));
    }

    [Fact]
    public void What_a_call_used_is_counted_in_the_budgets_own_unit()
    {
        var outcome = new LlmOutcome { Usage = new TokenUsage { Input = 30, Output = 12 } };
        var used = Enum.GetValues<BudgetCounts>().Select(counts => new Budget(Hundred with { Counts = counts, Limit = "9" }).Used(outcome));
        Assert.Equal([0, 42, 30, 12, 1], used);
        Assert.Equal(0, new Budget(Hundred).Used(new LlmOutcome()));
        var absurd = new LlmOutcome { Usage = new TokenUsage { Input = long.MaxValue / 2, Output = -5 } };
        Assert.Equal([BudgetRule.AmountMax, 0], new[] { BudgetCounts.PromptTokens, BudgetCounts.CompletionTokens }
            .Select(counts => new Budget(Hundred with { Counts = counts, Limit = "9" }).Used(absurd)));
    }

    [Fact]
    public void Amounts_are_shown_as_people_read_them()
    {
        Assert.Equal("0.25", new Budget(Hundred).Text(Nano.PerOne / 4));
        Assert.Equal("1200", new Budget(Hundred with { Counts = BudgetCounts.TotalTokens, Limit = "9" }).Text(1200));
    }
}
