using Microsoft.Extensions.Logging.Abstractions;
using Weir.Config;
using Weir.Limits;
using Weir.Telemetry;

namespace Weir.Ai.Tests;

public sealed class LeaseRenewalTests
{
    static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
    static readonly Budget Dollar = new(new BudgetConfig { Name = "b", AppliesTo = BudgetLevel.Team, Limit = "1", WindowType = BudgetWindowType.Lifetime });

    [Fact]
    public async Task A_call_under_way_holds_what_it_has_for_as_long_as_it_lasts_and_not_longer()
    {
        var time = new ManualTime();
        using var store = new MemoryBudgetStore(time);
        var parts = new BudgetParts(
            store, new BudgetMetrics(new MetricRegistry()), new BudgetSettings { Lease = Lease }, time, NullLogger<BudgetPlan>.Instance);
        var (id, lines, uses) = (Guid.NewGuid(), new[] { Dollar.Line("red") with { Amount = 100 } }, new LineUse[1]);
        await store.ReserveAsync(id, lines, default, Lease, uses, default);
        using (new LeaseRenewal(id, lines, parts))
        {
            time.Advance(Lease * 20);
            Assert.Equal(100, await ReservedAsync(store));
        }
        // The node is gone: nobody renews any more.
        time.Advance(Lease);
        Assert.Equal(0, await ReservedAsync(store));
        Assert.Equal(SettleOutcome.SettledLate, await store.SettleAsync(id, lines, uses, default));
        Assert.Equal((100, 100), (uses[0].Spent, uses[0].Overrun));
    }

    static async Task<long> ReservedAsync(MemoryBudgetStore store)
    {
        var uses = new LineUse[1];
        await store.RefundAsync(Guid.NewGuid(), new[] { Dollar.Line("red") }, uses, default);
        return uses[0].Reserved;
    }
}
