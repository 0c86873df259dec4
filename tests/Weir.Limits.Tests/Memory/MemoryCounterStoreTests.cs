using System.Net;
using FsCheck;
using FsCheck.Fluent;

namespace Weir.Limits.Tests;

public sealed class MemoryCounterStoreTests
{
    static readonly CounterScope Scope = new("test");
    readonly ManualTime _time = new();

    [Fact]
    public async Task Counts_up_to_the_limit_and_not_further()
    {
        using var store = new MemoryCounterStore(_time);
        Assert.Equal((CountOutcome.Counted, 1), await CountAsync(store, "joe", 2));
        Assert.Equal((CountOutcome.Counted, 2), await CountAsync(store, "joe", 2));
        Assert.Equal((CountOutcome.Refused, 2), await CountAsync(store, "joe", 2));
        Assert.Equal((CountOutcome.Counted, 1), await CountAsync(store, "ann", 2));
    }

    [Fact]
    public async Task A_new_window_starts_empty()
    {
        using var store = new MemoryCounterStore(_time);
        await CountAsync(store, "joe", 1);
        _time.Advance(TimeSpan.FromSeconds(52));
        Assert.Equal((CountOutcome.Refused, 1), await CountAsync(store, "joe", 1));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((CountOutcome.Counted, 1), await CountAsync(store, "joe", 1));
    }

    [Fact]
    public async Task A_refusal_by_one_window_counts_in_none()
    {
        using var store = new MemoryCounterStore(_time);
        WindowLimit[] limits = [new(Period.Second, 1), new(Period.Hour, 10)];
        var used = new long[2];
        await store.TryCountAsync(new(Scope, "joe"), limits, _time.GetUtcNow(), 1, used, default);
        Assert.Equal(CountOutcome.Refused, await store.TryCountAsync(new(Scope, "joe"), limits, _time.GetUtcNow(), 1, used, default));
        Assert.Equal([1, 1], used);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(CountOutcome.Counted, await store.TryCountAsync(new(Scope, "joe"), limits, _time.GetUtcNow(), 1, used, default));
        Assert.Equal([1, 2], used);
    }

    [Fact]
    public async Task An_older_clock_reading_never_reopens_a_window()
    {
        using var store = new MemoryCounterStore(_time);
        var before = _time.GetUtcNow();
        var used = new long[1];
        await store.TryCountAsync(new(Scope, "joe"), One(1), before.AddMinutes(1), 1, used, default);
        Assert.Equal(CountOutcome.Refused, await store.TryCountAsync(new(Scope, "joe"), One(1), before, 1, used, default));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(5, 6)]
    [InlineData(5, long.MaxValue)]
    public async Task What_never_fits_is_refused_and_costs_no_memory(long limit, long amount)
    {
        using var store = new MemoryCounterStore(_time);
        long[] used = [99];
        Assert.Equal(CountOutcome.Refused, await store.TryCountAsync(new(Scope, "joe"), One(limit), _time.GetUtcNow(), amount, used, default));
        Assert.Equal(0, used[0]);
        Assert.Equal(0, store.KeyCount);
    }

    [Fact]
    public async Task Expired_counters_are_dropped()
    {
        using var store = new MemoryCounterStore(_time);
        for (var i = 0; i < 1000; i++) await CountAsync(store, $"user {i}", 5);
        Assert.Equal(1000, store.KeyCount);
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(0, store.KeyCount);
        Assert.Equal((CountOutcome.Counted, 1), await CountAsync(store, "user 1", 5));
    }

    [Fact]
    public async Task New_keys_push_out_expired_ones_without_waiting_for_a_sweep()
    {
        using var store = new MemoryCounterStore(new StoppedTime(), keysMax: 100, shards: 1);
        var used = new long[1];
        for (var i = 0; i < 10_000; i++)
            await store.TryCountAsync(new(Scope, $"user {i}"), One(5), _time.GetUtcNow().AddMinutes(i / 50), 1, used, default);
        Assert.True(store.KeyCount <= 100);
        Assert.Equal(0, store.Evictions);
    }

    [Fact]
    public async Task A_flood_of_identities_is_bounded_and_does_not_push_out_a_busy_one()
    {
        using var store = new MemoryCounterStore(_time, keysMax: 100, shards: 1);
        await CountAsync(store, "joe", 2);
        await CountAsync(store, "joe", 2);
        for (var i = 0; i < 10_000; i++) await CountAsync(store, $"made up {i}", 2);
        Assert.Equal(100, store.KeyCount);
        Assert.Equal(10_001 - 100, store.Evictions);
        Assert.Equal((CountOutcome.Refused, 2), await CountAsync(store, "joe", 2));
    }

    [Fact]
    public async Task Never_admits_more_than_the_limit_however_many_threads_ask()
    {
        using var store = new MemoryCounterStore(_time);
        WindowLimit[] limits = [new(Period.Second, 700), new(Period.Minute, 1000), new(Period.Day, 5000)];
        var now = _time.GetUtcNow();
        var admitted = new int[8];
        await Task.WhenAll(Enumerable.Range(0, 16).Select(thread => Task.Run(async () =>
        {
            var used = new long[3];
            for (var i = 0; i < 4000; i++)
            {
                var key = new CounterKey(Scope, $"user {(i + thread) % admitted.Length}");
                if (await store.TryCountAsync(key, limits, now, 1, used, default) == CountOutcome.Counted)
                    Interlocked.Increment(ref admitted[(i + thread) % admitted.Length]);
            }
        })));
        Assert.All(admitted, count => Assert.Equal(700, count));
    }

    [Fact]
    public void Agrees_with_a_simple_model_for_any_sequence_of_uses() =>
        Prop.ForAll<(int User, int Step, int Amount)[]>(uses =>
        {
            using var store = new MemoryCounterStore(new StoppedTime(), keysMax: 4096, shards: 4);
            WindowLimit[] limits = [new(Period.Second, 3), new(Period.Minute, 8), new(Period.Month, 20)];
            var model = new Dictionary<(int, Period, long), long>();
            var now = _time.GetUtcNow();
            var used = new long[3];
            foreach (var (user, step, amount) in uses)
            {
                now = now.AddMilliseconds(step % 5 == 0 ? Math.Abs(step % 100) * 1000.0 : Math.Abs(step % 400));
                var units = Math.Abs(amount % 4);
                var (who, ticks) = (user % 3, now.UtcTicks);
                var before = limits.Select(limit => model.GetValueOrDefault((who, limit.Period, CalendarWindow.Start(limit.Period, ticks)))).ToArray();
                var fits = limits.Zip(before).All(pair => pair.Second + units <= pair.First.Max);
                for (var i = 0; fits && i < limits.Length; i++)
                    model[(who, limits[i].Period, CalendarWindow.Start(limits[i].Period, ticks))] = before[i] += units;
                var outcome = store.TryCountAsync(new(Scope, $"{who}"), limits, now, units, used, default).GetAwaiter().GetResult();
                if (outcome != (fits ? CountOutcome.Counted : CountOutcome.Refused) || !used.SequenceEqual(before)) return false;
            }
            return true;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_known_identity_costs_no_allocation()
    {
        using var store = new MemoryCounterStore(_time);
        WindowLimit[] limits = [new(Period.Second, long.MaxValue), new(Period.Year, long.MaxValue)];
        var (address, used, now) = (IPAddress.Parse("192.0.2.7"), new long[2], _time.GetUtcNow());
        Assert.Equal(0, Allocation.LeastBytes(() =>
        {
            for (var i = 0; i < 1000; i++) store.TryCountAsync(new(Scope, address), limits, now, 1, used, default).GetAwaiter().GetResult();
        }));
    }

    [Theory]
    [InlineData(10, 16)]
    [InlineData(100, 3)]
    public void Refuses_a_size_that_makes_no_sense(int keysMax, int shards) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new MemoryCounterStore(_time, keysMax, shards));

    async Task<(CountOutcome, long)> CountAsync(MemoryCounterStore store, string identity, long perMinute)
    {
        var used = new long[1];
        var outcome = await store.TryCountAsync(new(Scope, identity), One(perMinute), _time.GetUtcNow(), 1, used, default);
        return (outcome, used[0]);
    }

    static WindowLimit[] One(long perMinute) => [new(Period.Minute, perMinute)];

    /// <summary>A clock whose timers never fire.</summary>
    sealed class StoppedTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            new ManualTime().CreateTimer(callback, state, dueTime, period);
    }
}
