using FsCheck;
using FsCheck.Fluent;

namespace Weir.Ai.Tests;

public sealed class CostSheetTests
{
    static readonly PriceEntry Claude = PriceSamples.Book("""
        {"provider": "anthropic", "models": ["c"], "from": "2026-01-01", "input": "3", "cached_read": "0.30", "cache_write_5m": "3.75", "cache_write_1h": "6",
         "output": "15", "web_search": "10", "service_tiers": {"batch": "0.5", "priority": "2"},
         "context_tiers": [{"above": 200000, "input_factor": "2", "output_factor": "1.5"}]}
        """).Find("anthropic", "c", PriceSamples.Day)!;

    [Fact]
    public void Has_a_line_for_each_kind_of_token()
    {
        var sheet = CostSheet.Of(
            new() { Input = 10_000, CacheRead = 6_000, CacheWrite = 2_000, CacheWriteLong = 1_000, Output = 500, Reasoning = 200, WebSearches = 2 }, Claude);
        Assert.Equal(
            ["input 1000 0.003", "cached_read 6000 0.0018", "cache_write_5m 2000 0.0075", "cache_write_1h 1000 0.006", "output 300 0.0045",
             "reasoning 200 0.003", "web_search 2 0.02"],
            sheet.Lines.Select(static line => $"{line.Component.Name()} {line.Quantity} {line.Amount}"));
        Assert.Equal("0.0458", sheet.Total.ToString());
        Assert.Equal(PriceState.Priced, sheet.State);
        Assert.Equal("anthropic/c@2026-01-01#1", sheet.PriceId);
        Assert.Equal("USD", sheet.Currency);
    }

    [Theory]
    [InlineData(200_000, "0.6", "0.015")]
    [InlineData(200_001, "1.200006", "0.0225")]
    public void A_long_prompt_changes_the_price_of_the_whole_call(long input, string inputAmount, string outputAmount)
    {
        var sheet = CostSheet.Of(new() { Input = input, Output = 1000 }, Claude);
        Assert.Equal([inputAmount, outputAmount], sheet.Lines.Select(static line => line.Amount.ToString()));
    }

    [Theory]
    [InlineData("batch", null, "0.0015")]
    [InlineData(null, "batch", "0.0015")]
    [InlineData("standard", "batch", "0.003")]
    [InlineData("PRIORITY_TIER", null, "0.006")]
    [InlineData("fast", null, "0.006")]
    [InlineData("breakfast", null, "0.003")]
    [InlineData(null, null, "0.003")]
    public void The_tier_that_served_counts_before_the_one_asked_for(string? served, string? asked, string amount) =>
        Assert.Equal(amount, CostSheet.Of(new() { Input = 1000, ServiceTier = served }, Claude, asked).Total.ToString());

    [Fact]
    public void The_longest_word_of_a_tier_holds()
    {
        var tiers = new ServiceTiers([("flex", new Factor(1)), ("flex-batch", new Factor(2)), ("batch", new Factor(3))]);
        Assert.Equal(new Factor(2), tiers.Of("on-FLEX-Batch-2"));
        Assert.Equal(new Factor(1), tiers.Of("flex"));
        Assert.Equal(Factor.One, tiers.Of("default"));
    }

    [Fact]
    public void A_search_costs_the_same_in_every_tier() =>
        Assert.Equal("0.01", CostSheet.Of(new() { WebSearches = 1, ServiceTier = "batch" }, Claude).Total.ToString());

    [Fact]
    public void What_has_no_price_of_its_own_costs_what_its_kind_costs()
    {
        var entry = PriceSamples.Entry("1", "2");
        var sheet = CostSheet.Of(
            new()
            {
                Input = 6_000_000,
                CacheRead = 1_000_000,
                CacheWrite = 1_000_000,
                CacheWriteLong = 1_000_000,
                AudioInput = 1_000_000,
                ImageInput = 1_000_000,
                Output = 4_000_000,
                Reasoning = 1_000_000,
                AudioOutput = 1_000_000,
                ImageOutput = 1_000_000,
            },
            entry);
        Assert.Equal("14", sheet.Total.ToString());
        Assert.Equal(10, sheet.Lines.Count);
    }

    [Fact]
    public void What_has_no_price_at_all_is_named()
    {
        var sheet = CostSheet.Of(new() { Input = 10, Output = 5, WebSearches = 1 }, PriceSamples.Entry((CostComponent.Input, new Nano(1_000_000))));
        Assert.Equal(PriceState.Unpriced, sheet.State);
        Assert.Equal([CostComponent.Output, CostComponent.WebSearch], sheet.Unpriced);
        Assert.Equal(new Nano(10), sheet.Total);
    }

    [Fact]
    public void Sees_a_stored_line_that_was_changed()
    {
        var sheet = CostSheet.Of(new() { Input = 1000, Output = 10 }, Claude);
        Assert.True(CostSheet.IsRecomputable(sheet));
        Assert.False(CostSheet.IsRecomputable(sheet with { Total = sheet.Total + new Nano(1) }));
        Assert.False(CostSheet.IsRecomputable(sheet with { Lines = [sheet.Lines[0] with { Quantity = 1001 }, sheet.Lines[1]] }));
    }

    [Fact]
    public void Counts_add_up_whatever_a_provider_says() => Prop.ForAll(Usages(), static usage =>
    {
        var split = UsageSplit.Of(usage);
        var isPositive = Enumerable.Range(0, CostComponents.Count).All(i => split[(CostComponent)i] >= 0);
        return isPositive && split.InputTotal == Math.Clamp(usage.Input, 0, CostSheet.QuantityMax)
            && split.OutputTotal == Math.Clamp(usage.Output, 0, CostSheet.QuantityMax);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_total_is_the_sum_of_lines_that_recompute() => Prop.ForAll(Usages(), static usage =>
    {
        var sheet = CostSheet.Of(usage, Claude);
        return sheet.Total.Units == sheet.Lines.Sum(static line => line.Amount.Units) && CostSheet.IsRecomputable(sheet)
            && sheet.Lines.All(static line => line.Amount >= Nano.Zero && line.Quantity > 0)
            && sheet.Lines.All(static line => line.Amount > Nano.Zero == (line.Price > Nano.Zero));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void No_call_costs_more_than_its_ceiling() => Prop.ForAll(Usages(), ArbMap.Default.ArbFor<PositiveInt>(), static (usage, spare) =>
    {
        var tiers = new[] { null, "default", "batch", "priority", "auto" };
        var asked = tiers[spare.Get % tiers.Length];
        var searches = Math.Max(0, usage.WebSearches);
        var tier = asked == "auto" ? "priority" : asked is "batch" or "priority" ? (spare.Get % 2 == 0 ? asked : "default") : null;
        var served = usage with { ServiceTier = tier };
        var (input, output) = (Math.Min(usage.Input, CostSheet.QuantityMax), Math.Min(usage.Output, CostSheet.QuantityMax));
        var ceiling = CostSheet.Ceiling(input + (spare.Get % 3), output + (spare.Get % 5), Claude, asked, searches);
        return CostSheet.Of(served, Claude).Total <= ceiling;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_ceiling_of_a_long_prompt_holds_where_long_prompts_are_cheaper()
    {
        var entry = PriceSamples.Entry("10", "10") with { ContextTiers = [new ContextTier(1000, Factor.Parse("0.1")!.Value, Factor.Parse("0.1")!.Value)] };
        Assert.True(CostSheet.Ceiling(1001, 100, entry) >= CostSheet.Of(new() { Input = 1000, Output = 100 }, entry).Total);
    }

    static Arbitrary<TokenUsage> Usages()
    {
        // Small counts, counts around the tier, and nonsense.
        var count = Gen.Frequency(
            (4, Gen.Choose(0, 2000).Select(static n => (long)n)), (3, Gen.Choose(190_000, 210_000).Select(static n => (long)n)),
            (1, Gen.Elements(long.MinValue, -1L, long.MaxValue, CostSheet.QuantityMax, CostSheet.QuantityMax + 1)));
        return count.ListOf(11).Select(static n => new TokenUsage
        {
            Input = n[0],
            CacheRead = n[1],
            CacheWrite = n[2],
            CacheWriteLong = n[3],
            AudioInput = n[4],
            ImageInput = n[5],
            Output = n[6],
            Reasoning = n[7],
            AudioOutput = n[8],
            ImageOutput = n[9],
            WebSearches = n[10],
        }).ToArbitrary();
    }
}
