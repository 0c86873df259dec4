using BenchmarkDotNet.Attributes;
using Weir.Limits;

namespace Weir.Bench.Micro;

/// <summary>Counting requests in two windows.</summary>
public class LimitBenchmarks
{
    const int Keys = 10_000;

    static readonly WindowLimit[] s_limits = [new(Period.Minute, long.MaxValue), new(Period.Hour, long.MaxValue)];
    static readonly DateTimeOffset s_now = new(2026, 11, 20, 9, 58, 21, TimeSpan.Zero);

    readonly MemoryCounterStore _store = new(TimeProvider.System);
    readonly CounterKey[] _keys = [.. Enumerable.Range(0, Keys).Select(static i => new CounterKey(s_scope, $"consumer-{i}"))];
    readonly long[] _used = new long[2];
    readonly long[] _othersUsed = new long[2];
    Thread? _other;
    volatile bool _stopping;
    int _next;

    static readonly CounterScope s_scope = new("ratelimit:orders");

    [GlobalSetup]
    public void SetUp()
    {
        foreach (var key in _keys) Count(key, _used);
    }

    [GlobalCleanup]
    public void CleanUp()
    {
        _stopping = true;
        _other?.Join();
        _store.Dispose();
    }

    [Benchmark]
    public bool OneKey() => Count(_keys[0], _used);

    [Benchmark]
    public bool ManyKeys() => Count(_keys[_next = (_next + 1) % Keys], _used);

    /// <summary>Another thread counts on the same key all the time.</summary>
    [Benchmark]
    public bool OneKeyContended()
    {
        if (_other is null) StartOther();
        return Count(_keys[0], _used);
    }

    void StartOther()
    {
        _other = new Thread(() =>
        {
            while (!_stopping) Count(_keys[0], _othersUsed);
        });
        _other.Start();
    }

    bool Count(CounterKey key, long[] used) =>
        _store.TryCountAsync(key, s_limits, s_now, 1, used, CancellationToken.None).GetAwaiter().GetResult() == CountOutcome.Counted;
}
