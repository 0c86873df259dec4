namespace Weir.Ai.Tests;

public sealed class UsageTallyTests
{
    static readonly Nano s_two = new(2_000_000_000);

    [Fact]
    public void Is_nothing_of_nothing()
    {
        var tally = new UsageTally();
        Assert.Null(tally.Usage);
        Assert.Null(tally.Sheet);
    }

    [Fact]
    public void Adds_what_was_used_and_what_it_cost_and_keeps_what_has_no_price()
    {
        var tally = new UsageTally();
        var priced = CostSheet.WithoutPrices(new TokenUsage()) with
        {
            Lines = [CostLine.Of(CostComponent.Input, 1_000_000, s_two, Factor.One)],
            Total = s_two,
            State = PriceState.Priced,
        };
        tally.Add(new TokenUsage { Input = 10, CacheRead = 4, Output = 5, AudioOutput = 3, Reasoning = 1 }, priced);
        tally.Add(new TokenUsage { Input = 20, AudioInput = 7, ImageInput = 1, Output = 6 }, priced);
        Assert.Equal(new TokenUsage { Input = 30, CacheRead = 4, AudioInput = 7, ImageInput = 1, Output = 11, AudioOutput = 3, Reasoning = 1 }, tally.Usage);
        Assert.Equal((s_two + s_two, 2, PriceState.Priced), (tally.Sheet!.Total, tally.Sheet.Lines.Count, tally.Sheet.State));
        Assert.True(CostSheet.IsRecomputable(tally.Sheet));
        tally.Add(new TokenUsage { Input = 1 }, CostSheet.WithoutPrices(new TokenUsage { Input = 1 }));
        Assert.Equal((PriceState.Unpriced, s_two + s_two), (tally.Sheet.State, tally.Sheet.Total));
        Assert.Equal([CostComponent.Input], tally.Sheet.Unpriced);
    }
}
