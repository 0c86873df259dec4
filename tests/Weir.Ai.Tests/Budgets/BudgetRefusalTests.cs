using Weir.Config;
using Weir.Limits;

namespace Weir.Ai.Tests;

public sealed class BudgetRefusalTests
{
    static readonly DateTimeOffset Now = new(2026, 3, 4, 5, 30, 0, TimeSpan.Zero);
    static readonly long EndMs = Now.AddMinutes(30).ToUnixTimeMilliseconds();
    static readonly Budget Hourly = new(new BudgetConfig { Name = "b", AppliesTo = BudgetLevel.Team, Limit = "1", Period = BudgetPeriod.Hour });

    [Fact]
    public void Says_until_when_a_window_lasts()
    {
        var refusal = BudgetRefusal.Of(Hourly, new LineUse(900_000_000, 0, EndMs), 200_000_000, Now);
        Assert.Equal(("exhausted", 429, 1800), (refusal.Reason, refusal.Error.Status, refusal.Error.RetryAfterSeconds));
        Assert.Equal("the budget 'b' is used up until 2026-03-04T06:00:00Z", refusal.Error.Message);
    }

    [Fact]
    public void Says_come_back_soon_when_others_hold_what_is_left()
    {
        var refusal = BudgetRefusal.Of(Hourly, new LineUse(100_000_000, 800_000_000, EndMs), 200_000_000, Now);
        Assert.Equal(("held", 2), (refusal.Reason, refusal.Error.RetryAfterSeconds));
    }

    [Fact]
    public void Says_that_a_call_is_too_large_for_the_whole_budget()
    {
        var refusal = BudgetRefusal.Of(Hourly, new LineUse(0, 0, EndMs), 1_000_000_001, Now);
        Assert.Equal("too_large", refusal.Reason);
        Assert.Null(refusal.Error.RetryAfterSeconds);
        Assert.Contains("ask for a shorter answer", refusal.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_window_that_never_ends_gives_no_time_to_come_back()
    {
        var budget = new Budget(new BudgetConfig
        {
            Name = "b",
            AppliesTo = BudgetLevel.Team,
            Limit = "1",
            WindowType = BudgetWindowType.Lifetime,
            ErrorCode = 402,
        });
        var refusal = BudgetRefusal.Of(budget, new LineUse(1_000_000_000, 0, EndMs), 1, Now);
        Assert.Equal(("exhausted", 402), (refusal.Reason, refusal.Error.Status));
        Assert.Null(refusal.Error.RetryAfterSeconds);
    }

    [Fact]
    public void No_amount_that_others_used_is_told()
    {
        foreach (var use in new LineUse[] { new(987_654_321, 0, EndMs), new(123_456_789, 800_000_000, EndMs), new(0, 0, EndMs) })
        {
            var message = BudgetRefusal.Of(Hourly, use, 200_000_000, Now).Error.Message;
            Assert.DoesNotContain("98", message, StringComparison.Ordinal);
            Assert.DoesNotContain("123", message, StringComparison.Ordinal);
            Assert.DoesNotContain("80", message, StringComparison.Ordinal);
        }
    }
}
