using System.Numerics;
using FsCheck;
using FsCheck.Fluent;

namespace Weir.Ai.Tests;

public sealed class CostLineTests
{
    [Theory]
    [InlineData(1_000_000, "2.50", "1", 2_500_000_000)]
    [InlineData(1, "2.50", "1", 2_500)]
    [InlineData(3, "0.0375", "1", 113)]
    [InlineData(1, "0.0005", "1", 1)]
    [InlineData(1, "0.000001", "1", 1)]
    [InlineData(1, "0.0014", "1", 1)]
    [InlineData(1, "0.0015", "1", 2)]
    [InlineData(1, "0.0025", "1", 3)]
    [InlineData(1, "0.0024", "1", 2)]
    [InlineData(1000, "0.15", "0.5", 75_000)]
    [InlineData(0, "2.50", "1", 0)]
    [InlineData(1000, "0", "1", 0)]
    [InlineData(1000, "2.50", "0", 0)]
    public void Rounds_halves_up_and_nothing_to_nothing(long tokens, string price, string factor, long amount) =>
        Assert.Equal(new Nano(amount), CostLine.Of(CostComponent.Input, tokens, Nano.Parse(price)!.Value, Factor.Parse(factor)!.Value).Amount);

    [Fact]
    public void The_amount_is_that_of_numbers_without_bounds() => Prop.ForAll(
        ArbMap.Default.ArbFor<(PositiveInt Quantity, PositiveInt Price, PositiveInt Factor)>(),
        static each =>
        {
            var component = (CostComponent)(each.Quantity.Get % CostComponents.Count);
            foreach (var factor in new[] { Factor.One, new Factor(each.Factor.Get) })
            {
                var exact = new BigInteger(each.Quantity.Get) * each.Price.Get * factor.Units;
                var divisor = new BigInteger(component.PricedQuantity()) * Factor.PerOne;
                var expected = BigInteger.Max(1, (exact + divisor / 2) / divisor);
                if (CostLine.Of(component, each.Quantity.Get, new Nano(each.Price.Get), factor).Amount.Units != expected) return false;
            }
            return true;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Searches_are_priced_by_the_thousand_and_calls_one_by_one()
    {
        Assert.Equal(Nano.Parse("0.03"), CostLine.Of(CostComponent.WebSearch, 3, Nano.Parse("10")!.Value, Factor.One).Amount);
        Assert.Equal(Nano.Parse("0.005"), CostLine.Of(CostComponent.Request, 1, Nano.Parse("0.005")!.Value, Factor.One).Amount);
    }

    [Theory]
    [InlineData(-1, 1, 1)]
    [InlineData(1, -1, 1)]
    [InlineData(1, 1, -1)]
    public void Refuses_negative_numbers(long quantity, long price, long factor) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => CostLine.Of(CostComponent.Input, quantity, new Nano(price), new Factor(factor)));

    [Fact]
    public void Out_of_range_is_an_exception_not_another_amount() =>
        Assert.Throws<OverflowException>(() => CostLine.Of(CostComponent.Input, long.MaxValue, new Nano(long.MaxValue), new Factor(long.MaxValue)));

    [Fact]
    public void The_largest_numbers_that_are_let_in_have_a_sum()
    {
        var prices = Enumerable.Range(0, CostComponents.Count).Select(static i => ((CostComponent)i, ComponentPrices.Most)).ToArray();
        var entry = PriceSamples.Entry(prices) with { ServiceTiers = new ServiceTiers([("x", new Factor(Factor.Most * Factor.PerOne))]) };
        var most = new TokenUsage { Input = long.MaxValue, Output = long.MaxValue, WebSearches = long.MaxValue, ServiceTier = "x" };
        var sheet = CostSheet.Of(most, entry);
        Assert.True(sheet.Total > Nano.Zero);
        Assert.True(CostSheet.IsRecomputable(sheet));
    }

    [Fact]
    public void Every_component_has_a_name_that_reads_back()
    {
        for (var i = 0; i < CostComponents.Count; i++)
            Assert.Equal((CostComponent)i, CostComponents.Parse(((CostComponent)i).Name()));
        Assert.Null(CostComponents.Parse("inputs"));
    }
}
