namespace Weir.Limits.Tests;

public sealed class BudgetRuleTests
{
    [Theory]
    [InlineData(-1)]
    [InlineData(BudgetRule.AmountMax + 1)]
    public void Refuses_a_limit_that_cannot_be_counted(long limit) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new BudgetRule("team", BudgetWindow.Lifetime, limit));

    [Theory]
    [InlineData(0, 5)]
    [InlineData(5, 5)]
    [InlineData(6, 5)]
    public void Refuses_alerts_that_do_not_ascend(long first, long second) =>
        Assert.Throws<ArgumentException>(() => new BudgetRule("team", BudgetWindow.Lifetime, 10, alerts: [first, second]));

    [Fact]
    public void Refuses_too_many_alerts() => Assert.Throws<ArgumentOutOfRangeException>(
        () => new BudgetRule("team", BudgetWindow.Lifetime, 100, alerts: [.. Enumerable.Range(1, BudgetRule.AlertsMax + 1)]));

    [Fact]
    public void Counters_of_another_window_are_others()
    {
        var day = new BudgetRule("team", BudgetWindow.Calendar(CalendarUnit.Day), 1);
        var month = new BudgetRule("team", BudgetWindow.Calendar(CalendarUnit.Month), 1);
        Assert.NotEqual(day.Line("a", 1).Key, month.Line("a", 1).Key);
        Assert.Equal(day.Line("a", 1).Key, new BudgetRule("team", BudgetWindow.Calendar(CalendarUnit.Day), 2).Line("a", 2).Key);
    }

    [Fact]
    public void A_total_that_no_budget_holds_is_the_largest_amount()
    {
        var line = new BudgetRule("team", BudgetWindow.Lifetime, 1).Line("a", 5, BudgetRule.AmountMax);
        Assert.Equal(BudgetRule.AmountMax, line.Total(BudgetRule.AmountMax));
        Assert.Equal(5, line.Total(0));
        Assert.Equal(11, (line with { PerUnit = 2 }).Total(3));
    }

    [Fact]
    public void Refuses_lines_that_cannot_belong_to_one_call()
    {
        var rule = new BudgetRule("team", BudgetWindow.Lifetime, 1);
        Assert.Throws<ArgumentException>(() => BudgetLine.Check([rule.Line("a", 1), rule.Line("b", 1), rule.Line("a", 2)], 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => BudgetLine.Check([rule.Line("a", -1)], 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => BudgetLine.Check([rule.Line("a", 1, -1)], 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => BudgetLine.Check([rule.Line("a", BudgetRule.AmountMax + 1)], 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => BudgetLine.Check([rule.Line("a", 1)], 0));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => BudgetLine.Check([.. Enumerable.Range(0, BudgetLine.LinesMax + 1).Select(i => rule.Line($"{i}", 1))], 100));
    }

    [Theory]
    [InlineData(-1, -1)]
    [InlineData(1, 2)]
    [InlineData(BudgetRule.AmountMax + 1, 1)]
    public void Refuses_a_range_of_units_that_is_none(long asked, long least) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new UnitRange(asked, least).Check());
}
