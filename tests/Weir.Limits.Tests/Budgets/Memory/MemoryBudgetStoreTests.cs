namespace Weir.Limits.Tests;

public sealed class MemoryBudgetStoreTests : BudgetStoreContract
{
    static readonly BudgetRule Day = new("day", BudgetWindow.Calendar(CalendarUnit.Day), 1000);

    private protected override Task<IBudgetStore> NewStoreAsync() => Task.FromResult<IBudgetStore>(new MemoryBudgetStore(Time));

    [Fact]
    public async Task Lines_whose_window_is_over_are_dropped()
    {
        var store = (MemoryBudgetStore)Store;
        for (var i = 0; i < 500; i++) await UseAsync(store, $"user {i}");
        Assert.Equal((500, 0), (store.LineCount, store.ReservationCount));
        Time.Advance(TimeSpan.FromDays(2.5));
        Assert.Equal((0, 0), (store.LineCount, store.ReservationCount));
    }

    [Fact]
    public async Task A_reservation_that_nobody_settles_is_forgotten_a_day_after_its_lease()
    {
        var (store, uses) = ((MemoryBudgetStore)Store, new LineUse[1]);
        await store.ReserveAsync(Guid.NewGuid(), new[] { Day.Line("u", 1) }, default, TimeSpan.FromMinutes(5), uses, default);
        Time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(1, store.ReservationCount);
        Time.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(0, store.ReservationCount);
    }

    [Fact]
    public async Task Somebody_new_waits_rather_than_a_budget_be_forgotten()
    {
        using var store = new MemoryBudgetStore(Time, linesMax: 64);
        var (spent, unavailable, uses) = (0L, 0, new LineUse[1]);
        for (var i = 0; i < 1000; i++)
        {
            if (await UseAsync(store, $"user {i}") == ReserveOutcome.Unavailable) unavailable++;
            else spent++;
        }
        Assert.True(store.LineCount <= 64);
        Assert.Equal(1000, spent + unavailable);
        Assert.Equal(spent, store.LineCount);
        Assert.Equal(ReserveOutcome.Granted, await UseAsync(store, "user 0"));
        Time.Advance(TimeSpan.FromDays(2.5));
        Assert.Equal(ReserveOutcome.Granted, await UseAsync(store, "user 999"));
    }

    [Fact]
    public async Task The_lines_of_another_call_are_a_fault_and_change_nothing()
    {
        var (id, uses) = (Guid.NewGuid(), new LineUse[2]);
        await Store.ReserveAsync(id, new[] { Day.Line("a", 1) }, default, TimeSpan.FromMinutes(1), uses, default);
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.SettleAsync(id, new[] { Day.Line("b", 1) }, uses, default));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.SettleAsync(id, new[] { Day.Line("a", 1), Day.Line("b", 1) }, uses, default));
        Assert.Equal(SettleOutcome.Settled, await Store.SettleAsync(id, new[] { Day.Line("a", 1) }, uses, default));
    }

    [Fact]
    public async Task A_clock_that_lags_counts_in_the_window_of_the_others()
    {
        var clock = new SteppingTime();
        using var store = new MemoryBudgetStore(clock);
        var team = new BudgetRule("team", BudgetWindow.Fixed(TimeSpan.FromSeconds(10)), 2);
        clock.Now += TimeSpan.FromSeconds(10);
        Assert.Equal(ReserveOutcome.Granted, await UseAsync(store, "u", team));
        clock.Now -= TimeSpan.FromSeconds(10);
        Assert.Equal(ReserveOutcome.Granted, await UseAsync(store, "u", team));
        Assert.Equal(ReserveOutcome.Refused, await UseAsync(store, "u", team));
    }

    [Fact]
    public void A_known_path_costs_no_allocation()
    {
        BudgetLine[] lines = [Day.Line("org", 1), Day.Line("team", 1), Day.Line("user", 1)];
        lines = [.. lines.Select(static line => line with { Rule = new BudgetRule("day", BudgetWindow.Lifetime, BudgetRule.AmountMax) })];
        var (uses, ids) = (new LineUse[3], Enumerable.Range(0, 2000).Select(static _ => Guid.NewGuid()).ToArray());
        for (var i = 0; i < 1000; i++) Call(ids[i]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 1000; i < 2000; i++) Call(ids[i]);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Call(Guid id)
        {
            Assert.True(Store.ReserveAsync(id, lines, default, TimeSpan.FromMinutes(1), uses, default).IsCompletedSuccessfully);
            Assert.True(Store.SettleAsync(id, lines, uses, default).IsCompletedSuccessfully);
        }
    }

    [Theory]
    [InlineData(63, 64)]
    [InlineData(64, 63)]
    public void Refuses_a_size_that_makes_no_sense(int linesMax, int reservationsMax) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new MemoryBudgetStore(Time, linesMax, reservationsMax));

    static async Task<ReserveOutcome> UseAsync(MemoryBudgetStore store, string identity, BudgetRule? rule = null)
    {
        var (id, lines, uses) = (Guid.NewGuid(), new[] { (rule ?? Day).Line(identity, 1) }, new LineUse[1]);
        var result = await store.ReserveAsync(id, lines, default, TimeSpan.FromMinutes(1), uses, default);
        await store.SettleAsync(id, lines, uses, default);
        return result.Outcome;
    }

    /// <summary>A clock that a test may also turn back.</summary>
    sealed class SteppingTime : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
