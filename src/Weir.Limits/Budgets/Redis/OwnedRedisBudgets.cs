namespace Weir.Limits;

/// <summary>Budgets in a Redis of their own, whose connections end with them. While it is away each node counts for itself, as Kong's do.</summary>
sealed class OwnedRedisBudgets : IBudgetStore, IDisposable
{
    /// <summary>Kong's own counters have other keys: these begin with another word.</summary>
    const string Namespace = "weir-limits";

    readonly IRedis _redis;
    readonly OutageBudgetStore _store;

    public OwnedRedisBudgets(RedisOptions options, TimeProvider time, Random random)
    {
        _redis = RedisClient.Open(options, time, random);
        _store = new OutageBudgetStore(new RedisBudgetStore(_redis, Namespace, time, RedisBudgetStore.ClockSkewMaxDefault), OutagePolicy.Node, time);
    }

    public ValueTask<ReserveResult> ReserveAsync(
        Guid id, ReadOnlyMemory<BudgetLine> lines, UnitRange units, TimeSpan lease, Memory<LineUse> uses, CancellationToken cancellation) =>
        _store.ReserveAsync(id, lines, units, lease, uses, cancellation);

    public ValueTask<ReserveResult> ExtendAsync(
        Guid id, ReadOnlyMemory<BudgetLine> lines, UnitRange units, TimeSpan lease, Memory<LineUse> uses, CancellationToken cancellation) =>
        _store.ExtendAsync(id, lines, units, lease, uses, cancellation);

    public ValueTask<SettleOutcome> SettleAsync(Guid id, ReadOnlyMemory<BudgetLine> lines, Memory<LineUse> uses, CancellationToken cancellation) =>
        _store.SettleAsync(id, lines, uses, cancellation);

    public ValueTask<SettleOutcome> RefundAsync(Guid id, ReadOnlyMemory<BudgetLine> lines, Memory<LineUse> uses, CancellationToken cancellation) =>
        _store.RefundAsync(id, lines, uses, cancellation);

    public void Dispose()
    {
        _store.Dispose();
        _ = _redis.DisposeAsync().AsTask();
    }
}
