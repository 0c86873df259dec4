using System.Globalization;
using FsCheck;
using FsCheck.Fluent;

namespace Weir.Config.Tests;

public sealed class BudgetChecksTests
{
    [Theory]
    [InlineData("limit: '1'", "applies_to: required field missing")]
    [InlineData("applies_to: tema, limit: '1'", "applies_to: expected one of: everyone, organisation, project, team, user, key, agent, session, consumer")]
    [InlineData("applies_to: team", "at least one of these fields must be non-empty: 'limit', 'soft_limit'")]
    [InlineData("applies_to: team, limit: 100", "limit: expected a string, found")]
    [InlineData("applies_to: team, limit: ''", "limit: length must be at least 1")]
    [InlineData("applies_to: team, limit: '-1'", "limit: invalid value '-1': expected an amount with at most nine decimals")]
    [InlineData("applies_to: team, limit: '1e3'", "limit: invalid value '1e3'")]
    [InlineData("applies_to: team, limit: '$5'", "limit: invalid value '$5'")]
    [InlineData("applies_to: team, limit: '1,5'", "limit: invalid value '1,5'")]
    [InlineData("applies_to: team, limit: ' 1'", "limit: invalid value ' 1'")]
    [InlineData("applies_to: team, limit: '0.0000000001'", "limit: invalid value '0.0000000001'")]
    [InlineData("applies_to: team, limit: '9007199.254740992'", "limit: invalid value '9007199.254740992'")]
    [InlineData("applies_to: team, limit: '99999999999999999999999999999999'", "limit: invalid value '99")]
    [InlineData("applies_to: team, limit: '1.5', counts: total_tokens", "limit: invalid value '1.5': expected a whole number such as")]
    [InlineData("applies_to: team, limit: '9007199254740992', counts: requests", "limit: invalid value")]
    [InlineData("applies_to: team, soft_limit: '0'", "soft_limit: must be greater than 0")]
    [InlineData("applies_to: team, limit: '5', soft_limit: '5'", "soft_limit: must be lower than 'limit', which is 5")]
    [InlineData("applies_to: team, limit: '5', alerts: [1.5]", "alerts[0]: must be at most 1: more than 'limit' is never used")]
    [InlineData("applies_to: team, limit: '5', alerts: [0]", "alerts[0]: value should be between 0.001 and 10")]
    [InlineData("applies_to: team, limit: '5', alerts: [.1,.2,.3,.4,.5,.6,.7,.8,.9,.91,.92,.93,.94]", "alerts: length must be at most 12")]
    [InlineData("applies_to: team, limit: '5', values: []", "values: length must be at least 1")]
    [InlineData("applies_to: everyone, limit: '5', values: [a]", "values: must be null when 'applies_to' is 'everyone'")]
    [InlineData("applies_to: team, limit: '5', window_type: fixed", "window_size: required field missing")]
    [InlineData("applies_to: team, limit: '5', window_type: sliding", "window_size: required field missing")]
    [InlineData("applies_to: team, limit: '5', window_type: sliding, window_size: 0", "window_size: value should be between 1 and")]
    [InlineData("applies_to: team, limit: '5', window_size: 60", "window_size: must be null unless 'window_type' is 'fixed' or 'sliding'")]
    [InlineData("applies_to: team, limit: '5', window_type: lifetime, period: day", "period: must be null unless 'window_type' is 'calendar'")]
    [InlineData("applies_to: team, limit: '5', window_type: lifetime, timezone: UTC", "timezone: must be null unless 'window_type' is 'calendar'")]
    [InlineData("applies_to: team, limit: '5', timezone: Europe/Atlantis", "timezone: invalid value 'Europe/Atlantis'")]
    [InlineData("applies_to: team, limit: '5', week_start_day: sunday", "week_start_day: must be null unless 'period' is 'week'")]
    [InlineData("applies_to: team, limit: '5', period: week, month_day: 2", "month_day: must be null unless 'period' is 'month'")]
    [InlineData("applies_to: team, limit: '5', month_day: 32", "month_day: value should be between 1 and 31")]
    [InlineData("applies_to: team, limit: '5', period: decade", "period: expected one of: hour, day, week, month, year")]
    [InlineData("applies_to: team, limit: '5', counts: requests, clamp_max_tokens: true", "clamp_max_tokens: has no meaning where output is not counted")]
    [InlineData("applies_to: team, limit: '5', counts: prompt_tokens, when_exhausted: end_streams", "when_exhausted: has no meaning where output is not")]
    [InlineData("applies_to: team, soft_limit: '5', clamp_max_tokens: true", "clamp_max_tokens: has no meaning without 'limit'")]
    [InlineData("applies_to: team, limit: '5', error_code: 200", "error_code: value should be between 400 and 599")]
    [InlineData("applies_to: team, limit: '5', colour: red", "colour: unknown field")]
    public void Refuses(string fields, string message) =>
        Assert.Contains(Yaml.Problems($"budgets: [{{name: b, {fields}}}]"), problem => problem.Contains(message, StringComparison.Ordinal));

    [Fact]
    public void Names_all_problems_of_a_budget_at_once() =>
        Assert.Equal(4, Yaml.Problems("budgets: [{name: b, applies_to: everyone, values: [a], limit: x, window_size: 1, timezone: Nowhere}]").Length);

    [Fact]
    public void Refuses_a_second_budget_of_the_name() => Assert.Contains(
        Yaml.Problems("budgets: [{name: b, applies_to: team, limit: '1'}, {name: b, applies_to: user, limit: '1'}]"),
        static problem => problem.Contains("must be unique, but budget 'b'", StringComparison.Ordinal));

    [Fact]
    public void Reads_a_budget_with_its_defaults()
    {
        var budget = Assert.Single(Yaml.Read("budgets: [{name: team-monthly, applies_to: team, limit: '100.00'}]").Budgets);
        Assert.Equal(("team-monthly", BudgetLevel.Team, "100.00"), (budget.Name, budget.AppliesTo, budget.Limit));
        Assert.Equal((true, false, BudgetCounts.Cost, BudgetWindowType.Calendar), (budget.Enabled, budget.Shared, budget.Counts, budget.WindowType));
        Assert.Equal((429, BudgetExhaustion.Block, UnpricedCalls.Block), (budget.ErrorCode, budget.WhenExhausted, budget.Unpriced));
        Assert.False(budget.ClampMaxTokens || budget.AssignedOnly);
        Assert.Equal([0.8, 1.0], budget.Alerts);
        Assert.Null(budget.Values);
    }

    [Theory]
    [InlineData("window_type: sliding, window_size: 3600, counts: total_tokens, limit: '1000'")]
    [InlineData("period: week, week_start_day: sunday, timezone: America/New_York, limit: '0.000000001'")]
    [InlineData("period: month, month_day: 31, soft_limit: '5', alerts: [2.0]")]
    [InlineData("month_day: 15, limit: '9007199.254740991'")]
    [InlineData("window_type: lifetime, counts: requests, limit: '0'")]
    [InlineData("values: [red, blue, red], shared: true, limit: '5', clamp_max_tokens: true, when_exhausted: end_streams")]
    public void Takes(string fields) => Assert.Empty(Yaml.Problems($"budgets: [{{name: b, applies_to: team, {fields}}}]"));

    [Theory]
    [InlineData("100.00", nameof(BudgetCounts.Cost), 100_000_000_000)]
    [InlineData("0.000000001", nameof(BudgetCounts.Cost), 1)]
    [InlineData("1.50000000000", nameof(BudgetCounts.Cost), 1_500_000_000)]
    [InlineData("0", nameof(BudgetCounts.Requests), 0)]
    [InlineData("9007199254740991", nameof(BudgetCounts.TotalTokens), BudgetAmount.Most)]
    public void Reads_amounts_exactly(string text, string counts, long expected) =>
        Assert.Equal(expected, BudgetAmount.Parse(text, Enum.Parse<BudgetCounts>(counts)));

    [Fact]
    public void Every_amount_is_read_as_it_was_written() => Prop.ForAll(
        ArbMap.Default.ArbFor<long>().Filter(static units => units is >= 0 and <= BudgetAmount.Most),
        static units => BudgetAmount.Parse((units / 1_000_000_000m).ToString(CultureInfo.InvariantCulture), BudgetCounts.Cost) == units
            && BudgetAmount.Parse(units.ToString(CultureInfo.InvariantCulture), BudgetCounts.TotalTokens) == units).QuickCheckThrowOnFailure();

    [Fact]
    public void No_text_is_an_exception() => Prop.ForAll(
        ArbMap.Default.ArbFor<NonNull<string>>(),
        static text => BudgetAmount.Parse(text.Get, BudgetCounts.Cost) is null or (>= 0 and <= BudgetAmount.Most)).QuickCheckThrowOnFailure();
}
