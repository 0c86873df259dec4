using FsCheck;
using FsCheck.Fluent;
using Weir.Config;

namespace Weir.Ai.Tests;

public sealed class BudgetAmountsTests
{
    static readonly CallBound Bound = new() { InputMax = 1000, OutputMax = 500, Choices = 1, IsHeld = true, IsStated = true };

    [Theory]
    [InlineData(nameof(BudgetCounts.Cost), 7, 3)]
    [InlineData(nameof(BudgetCounts.TotalTokens), 1000, 1)]
    [InlineData(nameof(BudgetCounts.PromptTokens), 1000, 0)]
    [InlineData(nameof(BudgetCounts.CompletionTokens), 0, 1)]
    [InlineData(nameof(BudgetCounts.Requests), 1, 0)]
    public void A_call_takes_of_each_kind_of_budget_what_that_counts(string counts, long amount, long perUnit) =>
        Assert.Equal(new BudgetAmounts(amount, perUnit), BudgetAmounts.Of(Enum.Parse<BudgetCounts>(counts), Bound, new BudgetAmounts(7, 3)));

    [Fact]
    public void A_call_without_prices_takes_no_money() => Assert.Equal(default, BudgetAmounts.CostOf(null, Bound));

    [Fact]
    public void A_plain_price_is_taken_as_it_is()
    {
        // $2.50 and $10 a million tokens; a prompt that is cached for an hour is the dearest, at $5. Rounding may add a few billionths.
        var (amount, perUnit) = BudgetAmounts.CostOf(Entry(2_500_000_000, 10_000_000_000, 1_000_000), Bound);
        Assert.InRange(amount, 5_000_000, 5_000_020);
        Assert.Equal(10_000, perUnit);
    }

    [Fact]
    public void What_is_reserved_is_never_less_than_what_the_call_costs() => Prop.ForAll(
        (from input in Gen.Choose(0, 2_000_000)
         from output in Gen.Choose(0, 1_000_000)
         from cached in Gen.Choose(0, 100)
         from reasoning in Gen.Choose(0, 100)
         from price in Gen.Choose(0, 200_000_000)
         from ratio in Gen.Choose(0, 20)
         from above in Gen.Choose(0, 1_000_000)
         from used in Gen.Choose(0, 100)
         select (Input: (long)input, Output: (long)output, cached, reasoning, Price: price * 100L, ratio, above, used)).ToArbitrary(),
        static each =>
        {
            var entry = Entry(each.Price, each.Price * each.ratio, each.above);
            var bound = Bound with { InputMax = each.Input, OutputMax = each.Output };
            var (amount, perUnit) = BudgetAmounts.CostOf(entry, bound);
            var (input, output) = (each.Input * each.used / 100, each.Output * each.used / 100);
            var usage = new TokenUsage
            {
                Input = input,
                CacheRead = input * each.cached / 200,
                CacheWriteLong = input * each.cached / 400,
                Output = output,
                Reasoning = output * each.reasoning / 100,
            };
            return CostSheet.Of(usage, entry).Total.Units <= amount + (perUnit * output);
        }).Check(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(2000));

    static PriceEntry Entry(long input, long output, long above) => new()
    {
        Id = "x",
        Provider = "openai",
        Models = ["x"],
        From = DateTimeOffset.MinValue,
        Currency = "USD",
        Prices = new ComponentPrices(
            [(CostComponent.Input, Price(input)), (CostComponent.CacheWriteLong, Price(input * 2)), (CostComponent.Output, Price(output))]),
        ContextTiers = [new ContextTier(above, Factor.Of(2m)!.Value, Factor.Of(1.5m)!.Value)],
    };

    static Nano Price(long units) => new(Math.Min(units, ComponentPrices.Most.Units));
}
