namespace Weir.Ai.Tests;

public sealed class TargetCostsTests
{
    [Fact]
    public void Computes_what_kongs_formula_says()
    {
        // tier · (ctx_in · (input + cache_read + cache_write@ttl) + ctx_out · output) / 1e6
        var entry = Entry(new()
        {
            InputCost = 3m,
            OutputCost = 15m,
            CacheReadCost = 0.3m,
            CacheWriteCost = 4m,
            CacheWriteCostList = [new() { Ttl = "1h", Cost = 6m }],
            ContextWindowFactor =
            [
                new() { Above = "200k", InputFactor = 2m, OutputFactor = 1.5m }, new() { Above = "1m", InputFactor = 4m, OutputFactor = 3m },
            ],
            ServiceTierFactor = [new() { Tier = "flex", Factor = 0.5m }],
        });
        var usage = new TokenUsage
        {
            Input = 300_000,
            CacheRead = 100_000,
            CacheWrite = 50_000,
            CacheWriteLong = 50_000,
            Output = 10_000,
            Reasoning = 5_000,
            ServiceTier = "FLEX",
        };
        var expected = 0.5m * ((2m * ((100_000 * 3m) + (100_000 * 0.3m) + (50_000 * 4m) + (50_000 * 6m))) + (1.5m * 10_000 * 15m)) / 1_000_000;
        Assert.Equal(Nano.Of(expected), CostSheet.Of(usage, entry).Total);
    }

    [Fact]
    public void Caches_without_a_price_cost_what_input_costs()
    {
        var entry = Entry(new() { InputCost = 2m, OutputCost = 0m });
        var usage = new TokenUsage { Input = 1_000_000, CacheRead = 400_000, CacheWrite = 300_000, CacheWriteLong = 300_000, Output = 5 };
        Assert.Equal("2", CostSheet.Of(usage, entry).Total.ToString());
    }

    [Fact]
    public void A_cost_of_zero_is_a_price()
    {
        Assert.True(new TargetCosts { InputCost = 0m }.IsStated);
        Assert.False(new TargetCosts().IsStated);
        Assert.Equal(PriceState.Priced, CostSheet.Of(new() { Input = 5, Output = 5 }, Entry(new() { InputCost = 0m })).State);
    }

    [Fact]
    public void Reports_every_bad_field()
    {
        var problems = new Problems();
        var bad = new TargetCosts
        {
            InputCost = -1m,
            OutputCost = 10_001m,
            CacheReadCost = 0.0000000001m,
            CacheWriteCostList = [new() { Ttl = "2h", Cost = 1m }],
            ContextWindowFactor =
            [
                new() { Above = "many", InputFactor = 1m, OutputFactor = 1m }, new() { Above = "1k", InputFactor = 101m, OutputFactor = -1m },
                new() { Above = "1000", InputFactor = 1m, OutputFactor = 1m },
            ],
            ServiceTierFactor = [new() { Tier = "x", Factor = 0.00001m }],
        };
        Assert.Null(bad.ToEntry("p", "m", problems, "options."));
        Assert.Equal(
            ["options.input_cost", "options.output_cost", "options.cache_read_cost", "options.cache_write_cost_list[0].ttl",
             "options.service_tier_factor[0].factor",
             "options.context_window_factor[0].above", "options.context_window_factor[1].input_factor", "options.context_window_factor[1].output_factor",
             "options.context_window_factor[2].above"],
            problems.Found.Select(static problem => problem.Field));
    }

    [Theory]
    [InlineData("")]
    [InlineData("k")]
    [InlineData("-1k")]
    [InlineData("1.5k")]
    [InlineData("1kk")]
    [InlineData("9999m")]
    public void Refuses_a_number_of_tokens_that_is_none(string above)
    {
        var problems = new Problems();
        Assert.Null(new TargetCosts { ContextWindowFactor = [new() { Above = above, InputFactor = 1m, OutputFactor = 1m }] }.ToEntry("p", "m", problems));
        Assert.Equal("context_window_factor[0].above", Assert.Single(problems.Found).Field);
    }

    static PriceEntry Entry(TargetCosts costs)
    {
        var problems = new Problems();
        var entry = costs.ToEntry("p", "m", problems);
        Assert.Empty(problems.Found);
        return entry!;
    }
}
