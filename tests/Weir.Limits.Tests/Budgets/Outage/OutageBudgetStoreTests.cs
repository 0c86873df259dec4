namespace Weir.Limits.Tests;

public sealed class OutageBudgetStoreTests : IDisposable
{
    static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);
    static readonly BudgetRule Org = new("org", BudgetWindow.Lifetime, 10);

    readonly ManualTime _time = new();
    readonly AwayStore _store;
    readonly LineUse[] _uses = new LineUse[1];
    readonly List<bool> _changes = [];

    public OutageBudgetStoreTests() => _store = new AwayStore(new MemoryBudgetStore(_time));

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task Closed_refuses_while_the_store_is_away_and_says_so_once()
    {
        using var budgets = New(OutagePolicy.Closed);
        _store.IsAway = true;
        Assert.Equal(ReserveOutcome.Unavailable, (await ReserveAsync(budgets, Guid.NewGuid(), 1)).Outcome);
        Assert.Equal(ReserveOutcome.Unavailable, (await ReserveAsync(budgets, Guid.NewGuid(), 1)).Outcome);
        Assert.True(budgets.IsAway);
        _store.IsAway = false;
        Assert.Equal(new ReserveResult(ReserveOutcome.Granted), await ReserveAsync(budgets, Guid.NewGuid(), 1));
        Assert.Equal([true, false], _changes);
    }

    [Fact]
    public async Task Open_lets_calls_through_unwatched()
    {
        using var budgets = New(OutagePolicy.Open);
        _store.IsAway = true;
        var id = Guid.NewGuid();
        Assert.Equal(new ReserveResult(ReserveOutcome.Granted, 7, -1, Oversight.None), await ReserveAsync(budgets, id, 1000, UnitRange.Exactly(7)));
        Assert.Equal(Oversight.None, (await budgets.ExtendAsync(id, new[] { Org.Line("o", 5) }, default, Lease, _uses, default)).Oversight);
    }

    [Fact]
    public async Task Node_counts_for_itself_until_the_store_is_back()
    {
        using var budgets = New(OutagePolicy.Node);
        _store.IsAway = true;
        var id = Guid.NewGuid();
        Assert.Equal(new ReserveResult(ReserveOutcome.Granted, Oversight: Oversight.Node), await ReserveAsync(budgets, id, 8));
        Assert.Equal(ReserveOutcome.Refused, (await ReserveAsync(budgets, Guid.NewGuid(), 3)).Outcome);
        Assert.Equal(Oversight.Node, (await budgets.ExtendAsync(id, new[] { Org.Line("o", 2) }, default, Lease, _uses, default)).Oversight);
        _store.IsAway = false;
        Assert.Equal(new ReserveResult(ReserveOutcome.Granted), await ReserveAsync(budgets, Guid.NewGuid(), 10));
        Assert.Equal(SettleOutcome.Settled, await budgets.SettleAsync(id, new[] { Org.Line("o", 4) }, _uses, default));
        Assert.Equal(4, _uses[0].Spent);
        var other = Guid.NewGuid();
        Assert.Equal(SettleOutcome.Unknown, await budgets.RefundAsync(other, new[] { Org.Line("o", 0) }, _uses, default));
        Assert.Equal((0, 10), (_uses[0].Spent, _uses[0].Reserved));
    }

    [Theory]
    [InlineData(nameof(OutagePolicy.Closed))]
    [InlineData(nameof(OutagePolicy.Open))]
    [InlineData(nameof(OutagePolicy.Node))]
    public async Task A_settlement_that_the_store_could_not_take_is_made_once_when_it_is_back(string policy)
    {
        using var budgets = New(Enum.Parse<OutagePolicy>(policy));
        var (id, other) = (Guid.NewGuid(), Guid.NewGuid());
        await ReserveAsync(budgets, id, 5);
        await ReserveAsync(budgets, other, 1);
        _store.IsAway = true;
        Assert.Equal(SettleOutcome.Unavailable, await SettleAsync(budgets, id, 4));
        Assert.Equal(SettleOutcome.Unavailable, await SettleAsync(budgets, id, 4));
        Assert.Equal(SettleOutcome.Unavailable, await SettleAsync(budgets, other, 1));
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(3, budgets.BacklogCount);
        _store.IsAway = false;
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(0, budgets.BacklogCount);
        await budgets.RefundAsync(Guid.NewGuid(), new[] { Org.Line("o", 0) }, _uses, default);
        Assert.Equal((5, 0), (_uses[0].Spent, _uses[0].Reserved));
    }

    [Fact]
    public async Task Settlements_that_wait_have_a_limit()
    {
        using var budgets = new OutageBudgetStore(_store, OutagePolicy.Closed, _time, backlogMax: 2);
        var ids = Enumerable.Range(0, 3).Select(static _ => Guid.NewGuid()).ToArray();
        foreach (var id in ids) await ReserveAsync(budgets, id, 1);
        _store.IsAway = true;
        foreach (var id in ids) await SettleAsync(budgets, id, 1);
        Assert.Equal(2, budgets.BacklogCount);
        _store.IsAway = false;
        await budgets.RetryAsync();
        await budgets.RefundAsync(Guid.NewGuid(), new[] { Org.Line("o", 0) }, _uses, default);
        Assert.Equal((2, 1), (_uses[0].Spent, _uses[0].Reserved));
    }

    OutageBudgetStore New(OutagePolicy policy) => new(_store, policy, _time, onChange: _changes.Add);

    ValueTask<ReserveResult> ReserveAsync(OutageBudgetStore budgets, Guid id, long amount, UnitRange units = default) =>
        budgets.ReserveAsync(id, new[] { Org.Line("o", amount) }, units, Lease, _uses, default);

    ValueTask<SettleOutcome> SettleAsync(OutageBudgetStore budgets, Guid id, long amount) =>
        budgets.SettleAsync(id, new[] { Org.Line("o", amount) }, _uses, default);

    /// <summary>A store that a test can take away.</summary>
    sealed class AwayStore(MemoryBudgetStore store) : IBudgetStore, IDisposable
    {
        public bool IsAway { get; set; }

        public ValueTask<ReserveResult> ReserveAsync(
            Guid id, ReadOnlyMemory<BudgetLine> lines, UnitRange units, TimeSpan lease, Memory<LineUse> uses, CancellationToken cancellation) =>
            IsAway ? new(new ReserveResult(ReserveOutcome.Unavailable)) : store.ReserveAsync(id, lines, units, lease, uses, cancellation);

        public ValueTask<ReserveResult> ExtendAsync(
            Guid id, ReadOnlyMemory<BudgetLine> lines, UnitRange units, TimeSpan lease, Memory<LineUse> uses, CancellationToken cancellation) =>
            IsAway ? new(new ReserveResult(ReserveOutcome.Unavailable)) : store.ExtendAsync(id, lines, units, lease, uses, cancellation);

        public ValueTask<SettleOutcome> SettleAsync(Guid id, ReadOnlyMemory<BudgetLine> lines, Memory<LineUse> uses, CancellationToken cancellation) =>
            IsAway ? new(SettleOutcome.Unavailable) : store.SettleAsync(id, lines, uses, cancellation);

        public ValueTask<SettleOutcome> RefundAsync(Guid id, ReadOnlyMemory<BudgetLine> lines, Memory<LineUse> uses, CancellationToken cancellation) =>
            IsAway ? new(SettleOutcome.Unavailable) : store.RefundAsync(id, lines, uses, cancellation);

        public void Dispose() => store.Dispose();
    }
}
