using System.Diagnostics.Metrics;
using System.Numerics;

namespace Weir.Limits;

/// <summary>
/// Exact counters of this process. Memory is bounded: expired counters are dropped, and beyond <see cref="KeysMaxDefault"/> keys the least used are forgotten,
/// which is counted in <c>weir.limits.keys.evicted</c>.
/// </summary>
sealed class MemoryCounterStore : ICounterStore, IDisposable
{
    /// <summary>Keys kept at most, about 300 bytes each.</summary>
    public const int KeysMaxDefault = 500_000;

    static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(1);
    static readonly Meter Meter = new("Weir.Limits");
    static readonly Counter<long> Evicted = Meter.CreateCounter<long>(
        "weir.limits.keys.evicted", "{key}", "Counters forgotten because there were too many keys.");

    readonly CounterShard[] _shards;
    readonly int _shift;
    readonly TimeProvider _time;
    readonly ITimer _sweep;
    long _evictions;

    public MemoryCounterStore(TimeProvider time, int keysMax = KeysMaxDefault, int shards = 64)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(keysMax, shards);
        if (!BitOperations.IsPow2(shards)) throw new ArgumentOutOfRangeException(nameof(shards), shards, "A power of two is expected.");
        _time = time;
        _shift = 32 - BitOperations.Log2((uint)shards);
        _shards = new CounterShard[shards];
        for (var i = 0; i < shards; i++) _shards[i] = new CounterShard(keysMax / shards);
        _sweep = time.CreateTimer(static store => ((MemoryCounterStore)store!).Sweep(), this, SweepInterval, SweepInterval);
    }

    /// <summary>Keys that have counters now, expired ones included until the next sweep.</summary>
    public int KeyCount
    {
        get
        {
            var count = 0;
            foreach (var shard in _shards) count += shard.Count;
            return count;
        }
    }

    /// <summary>Live counters that were forgotten because there were too many keys.</summary>
    public long Evictions => Interlocked.Read(ref _evictions);

    public ValueTask<CountOutcome> TryCountAsync(
        CounterKey key, ReadOnlyMemory<WindowLimit> limits, DateTimeOffset utcNow, long amount, Memory<long> used, CancellationToken cancellation)
    {
        var outcome = ShardOf(key).TryCount(key, limits.Span, utcNow.UtcTicks, amount, used.Span, out var evicted);
        if (evicted)
        {
            Interlocked.Increment(ref _evictions);
            Evicted.Add(1);
        }
        return new(outcome);
    }

    public void Dispose() => _sweep.Dispose();

    void Sweep()
    {
        var now = _time.GetUtcNow().UtcTicks;
        foreach (var shard in _shards) shard.Sweep(now);
    }

    // The upper bits after a multiplication (Fibonacci hashing): the dictionary inside a shard uses the hash as it is.
    CounterShard ShardOf(CounterKey key) => _shards[_shift == 32 ? 0 : (uint)key.GetHashCode() * 0x9E3779B1u >> _shift];
}
