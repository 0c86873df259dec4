using System.Diagnostics.Metrics;

namespace Weir.Limits;

/// <summary>
/// A store and what to do while it is away. A settlement that it could not take is kept and made when it is back, so that a short outage loses no charge; ids
/// make sure that it is charged once.
/// </summary>
sealed class OutageBudgetStore : IBudgetStore, IDisposable
{
    /// <summary>Settlements kept at most; beyond them the oldest is dropped and counted: its reservation goes back whole when its lease is over.</summary>
    public const int BacklogMaxDefault = 100_000;

    static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);
    static readonly Meter Meter = new("Weir.Limits");
    static readonly Counter<long> Away = Meter.CreateCounter<long>(
        "weir.limits.store.unavailable", "{operation}", "Operations on budgets that the store could not be asked for, by what was done instead.");

    static readonly Counter<long> Dropped = Meter.CreateCounter<long>(
        "weir.limits.settlements.dropped", "{settlement}", "Settlements lost because the store was away for too long.");

    readonly IBudgetStore _store;
    readonly OutagePolicy _policy;
    readonly MemoryBudgetStore? _node;
    readonly Action<bool>? _onChange;
    readonly Backlog _backlog;
    readonly ITimer _retry;
    int _isAway;

    /// <param name="store">The store; disposed by its maker.</param>
    /// <param name="policy">What to do while it is away.</param>
    /// <param name="time">Clock of this node.</param>
    /// <param name="backlogMax">See <see cref="BacklogMaxDefault"/>.</param>
    /// <param name="onChange">Told true when the store goes away and false when it is back: worth a line in the log.</param>
    public OutageBudgetStore(
        IBudgetStore store, OutagePolicy policy, TimeProvider time, int backlogMax = BacklogMaxDefault, Action<bool>? onChange = null)
    {
        (_store, _policy, _onChange, _backlog) = (store, policy, onChange, new Backlog(backlogMax));
        if (policy == OutagePolicy.Node) _node = new MemoryBudgetStore(time);
        _retry = time.CreateTimer(static state => _ = ((OutageBudgetStore)state!).RetryAsync(), this, RetryInterval, RetryInterval);
    }

    /// <summary>Settlements that wait for the store.</summary>
    public int BacklogCount => _backlog.Count;

    public bool IsAway => Volatile.Read(ref _isAway) != 0;

    public async ValueTask<ReserveResult> ReserveAsync(
        Guid id, ReadOnlyMemory<BudgetLine> lines, UnitRange units, TimeSpan lease, Memory<LineUse> uses, CancellationToken cancellation)
    {
        var result = await _store.ReserveAsync(id, lines, units, lease, uses, cancellation);
        Note(result.Outcome == ReserveOutcome.Unavailable);
        if (result.Outcome != ReserveOutcome.Unavailable) return result;
        if (_policy == OutagePolicy.Closed) return result;
        if (_policy == OutagePolicy.Open) return Unwatched(lines.Span, units, uses.Span);
        return (await _node!.ReserveAsync(id, lines, units, lease, uses, cancellation)) with { Oversight = Oversight.Node };
    }

    public async ValueTask<ReserveResult> ExtendAsync(
        Guid id, ReadOnlyMemory<BudgetLine> lines, UnitRange units, TimeSpan lease, Memory<LineUse> uses, CancellationToken cancellation)
    {
        if (_node is not null)
        {
            var local = await _node.ExtendAsync(id, lines, units, lease, uses, cancellation);
            if (local.Outcome != ReserveOutcome.Unknown) return local with { Oversight = Oversight.Node };
        }
        var result = await _store.ExtendAsync(id, lines, units, lease, uses, cancellation);
        Note(result.Outcome == ReserveOutcome.Unavailable);
        // A stream under way is not broken off where a new call would have been let through.
        return result.Outcome is ReserveOutcome.Unavailable && _policy != OutagePolicy.Closed ? Unwatched(lines.Span, units, uses.Span) : result;
    }

    public async ValueTask<SettleOutcome> SettleAsync(Guid id, ReadOnlyMemory<BudgetLine> lines, Memory<LineUse> uses, CancellationToken cancellation)
    {
        if (_node is not null && await _node.SettleAsync(id, lines, uses, cancellation) is var local and not SettleOutcome.Unknown) return local;
        var outcome = await _store.SettleAsync(id, lines, uses, cancellation);
        Note(outcome == SettleOutcome.Unavailable);
        if (outcome == SettleOutcome.Unavailable && !_backlog.Add(id, lines.ToArray())) Dropped.Add(1);
        return outcome;
    }

    public async ValueTask<SettleOutcome> RefundAsync(Guid id, ReadOnlyMemory<BudgetLine> lines, Memory<LineUse> uses, CancellationToken cancellation)
    {
        if (_node is not null && await _node.RefundAsync(id, lines, uses, cancellation) is var local and not SettleOutcome.Unknown) return local;
        var outcome = await _store.RefundAsync(id, lines, uses, cancellation);
        // Not kept: the lease gives it back.
        Note(outcome == SettleOutcome.Unavailable);
        return outcome;
    }

    /// <summary>Makes the settlements that wait, as long as the store takes them. Done every second.</summary>
    public async Task RetryAsync()
    {
        if (!_backlog.TryEnter()) return;
        try
        {
            var uses = new LineUse[BudgetLine.LinesMax];
            while (_backlog.TryPeek(out var id, out var lines))
            {
                if (await _store.SettleAsync(id, lines, uses, CancellationToken.None) == SettleOutcome.Unavailable) return;
                Note(isAway: false);
                _backlog.Remove(id);
            }
        }
        finally
        {
            _backlog.Exit();
        }
    }

    public void Dispose()
    {
        _retry.Dispose();
        _node?.Dispose();
    }

    static ReserveResult Unwatched(ReadOnlySpan<BudgetLine> lines, UnitRange units, Span<LineUse> uses)
    {
        uses[..lines.Length].Clear();
        return new(ReserveOutcome.Granted, units.Asked, Oversight: Oversight.None);
    }

    void Note(bool isAway)
    {
        if (isAway) Away.Add(1, new KeyValuePair<string, object?>("policy", _policy.ToString()));
        if (Interlocked.Exchange(ref _isAway, isAway ? 1 : 0) != (isAway ? 1 : 0)) _onChange?.Invoke(isAway);
    }
}
