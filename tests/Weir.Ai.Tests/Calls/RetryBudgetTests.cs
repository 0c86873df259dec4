using Weir.Ai.Plugins;

namespace Weir.Ai.Tests;

public sealed class RetryBudgetTests
{
    readonly ManualTime _time = new();

    [Theory]
    [InlineData("percentage", "-1")]
    [InlineData("percentage", "\"20%\"")]
    [InlineData("window", "1")]
    [InlineData("tries_min", "-1")]
    [InlineData("percent", "20")]
    public void Reports_budgets_that_are_none(string field, string value) =>
        Assert.Contains(ProxyRig.Check(Config($"\"{field}\":{value}")), problem => problem.Field.EndsWith(field, StringComparison.Ordinal));

    [Fact]
    public void Gives_a_share_of_the_calls()
    {
        var budget = new RetryBudget(new RetryBudgetConfig { Percentage = 20, TriesMin = 0 }, _time);
        for (var i = 0; i < 50; i++) budget.Called();
        Assert.Equal(10, Enumerable.Range(0, 30).Count(_ => budget.TryTake()));
    }

    [Fact]
    public void Gives_a_few_whatever_the_calls()
    {
        var budget = new RetryBudget(new RetryBudgetConfig { Percentage = 20, TriesMin = 3 }, _time);
        budget.Called();
        Assert.Equal(3, Enumerable.Range(0, 30).Count(_ => budget.TryTake()));
    }

    [Fact]
    public void Forgets_what_the_window_has_left()
    {
        var budget = new RetryBudget(new RetryBudgetConfig { Percentage = 0, TriesMin = 2, Window = 10_000 }, _time);
        Assert.True(budget.TryTake());
        _time.Advance(TimeSpan.FromSeconds(6));
        Assert.True(budget.TryTake());
        Assert.False(budget.TryTake());
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.True(budget.TryTake());
        Assert.False(budget.TryTake());
        _time.Advance(TimeSpan.FromHours(1));
        Assert.True(budget.TryTake());
        Assert.True(budget.TryTake());
        Assert.False(budget.TryTake());
    }

    [Fact]
    public async Task Answers_failures_when_it_is_spent_and_keeps_count_over_a_reload()
    {
        var rig = new ProxyRig(Config("\"percentage\":0,\"tries_min\":2"));
        rig.Provider.Answer = static _ => new ScriptedReply(0) { NoAnswer = UpstreamFailure.Unreachable };
        await rig.AskAsync();
        await rig.AskAsync();
        rig.Reload(Config("\"percentage\":0,\"tries_min\":2"));
        Assert.Equal(502, (await rig.AskAsync()).Status);
        Assert.Equal(5, rig.Provider.Sent.Count);
        Assert.Contains("weir_llm_retries_refused_total{provider=\"openai\"} 1\n", rig.Metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Counts_other_keys_as_further_tries()
    {
        const string Pool = """ "auth":{"header_name":"Authorization"},"auth_pool":{"keys":[{"header_value":"k1"},{"header_value":"k2"}],"rest_max":0}, """;
        var rig = new ProxyRig(Config("\"percentage\":0,\"tries_min\":0", Pool));
        rig.Provider.Answer = static _ => ScriptedReply.Refusal(429);
        Assert.Equal(429, (await rig.AskAsync()).Status);
        Assert.Single(rig.Provider.Sent);
    }

    static string Config(string budget, string target = "") => $$"""
        {"balancer": {"retry_budget": { {{budget}} } }, "targets": [
          { {{target}} "model": {"provider":"openai","name":"gpt-4o","options":{"upstream_url":"http://a.test"} } },
          { {{target}} "model": {"provider":"openai","name":"gpt-4o","options":{"upstream_url":"http://b.test"} } }
        ]}
        """;
}
