using System.Diagnostics.Metrics;
using System.Numerics;

namespace Weir.Limits;

/// <summary>
/// Exact budgets of this process. Every call completes at once. An operation locks the shards of its lines and of its reservation, in ascending order.
/// Memory is bounded: lines whose windows are over are dropped; when there are <see cref="LinesMaxDefault"/> lines that count, a call of somebody new is
/// answered <see cref="ReserveOutcome.Unavailable"/>, because forgetting a line would give its budget away.
/// </summary>
sealed class MemoryBudgetStore : IBudgetStore, IDisposable
{
    /// <summary>Lines at most, about 200 bytes each.</summary>
    public const int LinesMaxDefault = 500_000;

    /// <summary>Reservations at most, those included that nobody settled within their lease; about 100 bytes and 70 per line each.</summary>
    public const int ReservationsMaxDefault = 200_000;

    const int Shards = 64;

    static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(1);
    static readonly Meter Meter = new("Weir.Limits");
    static readonly Counter<long> Full = Meter.CreateCounter<long>(
        "weir.limits.budgets.full", "{call}", "Calls not admitted because the store of this node holds as many budgets or reservations as it may.");

    readonly BudgetShard[] _shards = new BudgetShard[Shards];
    readonly TimeProvider _time;
    readonly int _shardLinesMax;
    readonly int _shardReservationsMax;
    readonly ITimer _sweep;

    public MemoryBudgetStore(TimeProvider time, int linesMax = LinesMaxDefault, int reservationsMax = ReservationsMaxDefault)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(linesMax, Shards);
        ArgumentOutOfRangeException.ThrowIfLessThan(reservationsMax, Shards);
        _time = time;
        (_shardLinesMax, _shardReservationsMax) = (linesMax / Shards, reservationsMax / Shards);
        for (var i = 0; i < Shards; i++) _shards[i] = new BudgetShard();
        _sweep = time.CreateTimer(static store => ((MemoryBudgetStore)store!).Sweep(), this, SweepInterval, SweepInterval);
    }

    /// <summary>Lines kept now, dead ones included until the next sweep.</summary>
    public int LineCount => Count(static shard => shard.LineCount);

    /// <summary>Reservations that are not settled, those included whose lease has run out.</summary>
    public int ReservationCount => Count(static shard => shard.ReservationCount);

    public ValueTask<ReserveResult> ReserveAsync(
        Guid id, ReadOnlyMemory<BudgetLine> lines, UnitRange units, TimeSpan lease, Memory<LineUse> uses, CancellationToken cancellation) =>
        new(Take(id, lines.Span, units, lease, uses.Span, isNew: true));

    public ValueTask<ReserveResult> ExtendAsync(
        Guid id, ReadOnlyMemory<BudgetLine> lines, UnitRange units, TimeSpan lease, Memory<LineUse> uses, CancellationToken cancellation) =>
        new(Take(id, lines.Span, units, lease, uses.Span, isNew: false));

    public ValueTask<SettleOutcome> SettleAsync(Guid id, ReadOnlyMemory<BudgetLine> lines, Memory<LineUse> uses, CancellationToken cancellation) =>
        new(End(id, lines.Span, uses.Span, isCharged: true));

    public ValueTask<SettleOutcome> RefundAsync(Guid id, ReadOnlyMemory<BudgetLine> lines, Memory<LineUse> uses, CancellationToken cancellation) =>
        new(End(id, lines.Span, uses.Span, isCharged: false));

    public void Dispose() => _sweep.Dispose();

    ReserveResult Take(Guid id, ReadOnlySpan<BudgetLine> lines, UnitRange units, TimeSpan lease, Span<LineUse> uses, bool isNew)
    {
        BudgetLine.Check(lines, uses.Length);
        units.Check();
        var nowMs = _time.GetUtcNow().ToUnixTimeMilliseconds();
        var locked = Enter(id, lines);
        try
        {
            var shard = ShardOf(id);
            var reservation = shard.FindReservation(id);
            reservation?.Expect(lines);
            if (reservation is null && !isNew) return new(ReserveOutcome.Unknown);
            if (reservation is null && !HasRoom(shard, lines)) return new(ReserveOutcome.Unavailable);
            // Asked again because the first answer got lost on its way.
            if (reservation is not null && isNew) return new(ReserveOutcome.Granted, Tell(lines, uses, nowMs, reservation.Units));

            var result = Fit(lines, units, reservation, nowMs);
            if (result.IsGranted) Hold(reservation ?? Begin(shard, id, lines), lines, result.Units, nowMs + (long)lease.TotalMilliseconds, nowMs, uses);
            else Tell(lines, uses, nowMs, 0);
            return result;
        }
        finally
        {
            Exit(locked);
        }
    }

    /// <summary>The most units for which every hard line has room.</summary>
    ReserveResult Fit(ReadOnlySpan<BudgetLine> lines, UnitRange units, HeldReservation? reservation, long nowMs)
    {
        var granted = units.Asked;
        for (var i = 0; i < lines.Length; i++)
        {
            ref readonly var line = ref lines[i];
            var account = ShardOf(line.Key).Line(line.Key);
            account.BringUpTo(line.Rule, nowMs);
            if (!line.Rule.IsHard) continue;
            var left = account.Left(line.Rule, nowMs);
            var lapsed = reservation?.Holds[i] is { IsHeld: false } hold ? hold.Amount : 0;
            // A new call of amount 0 needs that anything is left; renewing a lease needs nothing.
            var needed = Math.Max(line.Total(units.Least) + lapsed, reservation is null ? 1 : 0);
            if (needed > 0 && needed > left) return new(ReserveOutcome.Refused, Line: i);
            if (line.PerUnit > 0) granted = Math.Clamp((left - lapsed - line.Amount) / line.PerUnit, units.Least, granted);
        }
        return new(ReserveOutcome.Granted, granted);
    }

    static HeldReservation Begin(BudgetShard shard, Guid id, ReadOnlySpan<BudgetLine> lines)
    {
        var reservation = shard.Begin(id);
        reservation.Begin(lines, 0);
        return reservation;
    }

    void Hold(HeldReservation reservation, ReadOnlySpan<BudgetLine> lines, long units, long expiresMs, long nowMs, Span<LineUse> uses)
    {
        reservation.Units += units;
        reservation.ExpiresMs = expiresMs;
        for (var i = 0; i < lines.Length; i++)
        {
            ref readonly var line = ref lines[i];
            var account = ShardOf(line.Key).Line(line.Key);
            if (line.Rule.Kind == BudgetKind.Counted) account.Spend(line.Total(units));
            else account.Take(reservation.Holds[i], line.Total(units), expiresMs);
            uses[i] = account.Tell(line.Rule, nowMs);
        }
    }

    SettleOutcome End(Guid id, ReadOnlySpan<BudgetLine> lines, Span<LineUse> uses, bool isCharged)
    {
        BudgetLine.Check(lines, uses.Length);
        var nowMs = _time.GetUtcNow().ToUnixTimeMilliseconds();
        var locked = Enter(id, lines);
        try
        {
            var shard = ShardOf(id);
            if (shard.FindReservation(id) is not { } reservation)
            {
                Tell(lines, uses, nowMs, 0);
                return SettleOutcome.Unknown;
            }
            reservation.Expect(lines);
            var outcome = SettleOutcome.Settled;
            for (var i = 0; i < lines.Length; i++)
            {
                ref readonly var line = ref lines[i];
                var (account, hold) = (ShardOf(line.Key).Line(line.Key), reservation.Holds[i]);
                account.BringUpTo(line.Rule, nowMs);
                if (!hold.IsHeld && hold.Amount > 0) outcome = SettleOutcome.SettledLate;
                var held = account.Release(hold);
                var charged = isCharged && line.Rule.Kind == BudgetKind.Reserved ? line.Amount : 0;
                account.Spend(charged);
                uses[i] = account.Tell(line.Rule, nowMs, Math.Max(0, charged - held));
            }
            shard.End(id, reservation);
            return outcome;
        }
        finally
        {
            Exit(locked);
        }
    }

    long Tell(ReadOnlySpan<BudgetLine> lines, Span<LineUse> uses, long nowMs, long units)
    {
        for (var i = 0; i < lines.Length; i++)
        {
            var account = ShardOf(lines[i].Key).FindLine(lines[i].Key);
            account?.BringUpTo(lines[i].Rule, nowMs);
            uses[i] = account?.Tell(lines[i].Rule, nowMs) ?? new LineUse(0, 0, lines[i].Rule.Window.At(nowMs).EndMs);
        }
        return units;
    }

    bool HasRoom(BudgetShard shard, ReadOnlySpan<BudgetLine> lines)
    {
        var hasRoom = shard.ReservationCount < _shardReservationsMax;
        foreach (ref readonly var line in lines)
            hasRoom &= ShardOf(line.Key) is var home && (home.LineCount < _shardLinesMax || home.FindLine(line.Key) is not null);
        if (!hasRoom) Full.Add(1);
        return hasRoom;
    }

    void Sweep()
    {
        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var shard in _shards) shard.Sweep(now, (long)IBudgetStore.LateSettleKept.TotalMilliseconds);
    }

    // One bit per shard: ascending bits are the order of locking that every operation keeps.
    ulong Enter(Guid id, ReadOnlySpan<BudgetLine> lines)
    {
        var wanted = 1ul << ShardIndex(id.GetHashCode());
        foreach (ref readonly var line in lines) wanted |= 1ul << ShardIndex(line.Key.GetHashCode());
        for (var rest = wanted; rest != 0; rest &= rest - 1) _shards[BitOperations.TrailingZeroCount(rest)].Gate.Enter();
        return wanted;
    }

    void Exit(ulong locked)
    {
        for (var rest = locked; rest != 0; rest &= rest - 1) _shards[BitOperations.TrailingZeroCount(rest)].Gate.Exit();
    }

    int Count(Func<BudgetShard, int> count)
    {
        var sum = 0;
        foreach (var shard in _shards)
            lock (shard.Gate) sum += count(shard);
        return sum;
    }

    BudgetShard ShardOf(CounterKey key) => _shards[ShardIndex(key.GetHashCode())];

    BudgetShard ShardOf(Guid id) => _shards[ShardIndex(id.GetHashCode())];

    // The upper bits after a multiplication (Fibonacci hashing): the dictionary inside a shard uses the hash as it is.
    static int ShardIndex(int hash) => (int)((uint)hash * 0x9E3779B1u >> 26);
}
