using Weir.Telemetry;

namespace Weir.Ai.Tests;

public sealed class UsageCostsTests
{
    static readonly UsageRecord Record = new() { Time = PriceSamples.Day, RequestId = "r", Outcome = "ok" };

    static readonly TokenUsage Usage = new()
    {
        Input = 1000,
        CacheRead = 100,
        CacheWrite = 10,
        CacheWriteLong = 20,
        AudioInput = 30,
        ImageInput = 40,
        Output = 500,
        Reasoning = 50,
        AudioOutput = 60,
        ImageOutput = 70,
        ServiceTier = "flex",
        IsEstimated = true,
    };

    [Fact]
    public void A_cost_can_be_computed_again_from_the_ledger()
    {
        var cost = CostSheet.Of(Usage, PriceSamples.Entry("2.50", "10"));
        var record = UsageFrame.Read(UsageFrame.Write(Record.With(Usage, cost))[..^1])!;
        var stored = UsageCosts.CostOf(record)!;
        Assert.Equal(cost.Lines, stored.Lines);
        Assert.Equal((cost.Total, cost.Currency, cost.PriceId, cost.State), (stored.Total, stored.Currency, stored.PriceId, stored.State));
        Assert.True(CostSheet.IsRecomputable(stored));
        Assert.Equal((1000, 100, 10, 20, 30, 40), (record.Tokens.Input, record.Tokens.CachedRead, record.Tokens.CacheWrite,
            record.Tokens.CacheWriteLong, record.Tokens.AudioInput, record.Tokens.ImageInput));
        Assert.Equal((500, 50, 60, 70), (record.Tokens.Output, record.Tokens.Reasoning, record.Tokens.AudioOutput, record.Tokens.ImageOutput));
        Assert.Equal(("flex", true, "priced"), (record.ServiceTier, record.IsEstimated, record.PriceState));
    }

    [Fact]
    public void A_changed_line_of_the_ledger_does_not_add_up()
    {
        var record = Record.With(Usage, CostSheet.Of(Usage, PriceSamples.Entry("2.50", "10")));
        var changed = record with { Cost = [record.Cost[0] with { Amount = record.Cost[0].Amount + 1 }, .. record.Cost.Skip(1)] };
        Assert.False(CostSheet.IsRecomputable(UsageCosts.CostOf(changed)!));
    }

    [Fact]
    public void A_call_without_a_price_says_so()
    {
        var record = Record.With(Usage, CostSheet.WithoutPrices(Usage));
        Assert.Equal(("unpriced", null, null, 0), (record.PriceState, record.Currency, record.PriceId, record.CostTotal));
        Assert.Equal(PriceState.Unpriced, UsageCosts.CostOf(record)!.State);
    }

    [Fact]
    public void A_component_of_a_newer_version_is_not_guessed_at() =>
        Assert.Null(UsageCosts.CostOf(Record with { Cost = [new("holograms", 1, 1, 1, 1)] }));
}
