using System.Runtime.CompilerServices;

namespace Weir.Limits;

/// <summary>
/// The counters of one key: one per period, so that a check over several windows needs one look-up and one lock. Guarded by the lock of its shard.
/// </summary>
sealed class CounterCell
{
    Counters _counters;

    public CounterKey Key { get; private set; }

    /// <summary>When the last of its windows ends; from then on the cell says nothing.</summary>
    public long ExpiresTicks { get; private set; }

    /// <summary>The largest count of any window: what forgetting the cell would give away.</summary>
    public long UsedMost
    {
        get
        {
            var most = 0L;
            foreach (ref readonly var counter in (ReadOnlySpan<Counter>)_counters) most = Math.Max(most, counter.Used);
            return most;
        }
    }

    public void Assign(CounterKey key)
    {
        Key = key;
        ExpiresTicks = 0;
        _counters = default;
    }

    public CountOutcome TryCount(ReadOnlySpan<WindowLimit> limits, long nowTicks, long amount, Span<long> used)
    {
        var outcome = CountOutcome.Counted;
        for (var i = 0; i < limits.Length; i++)
        {
            ref readonly var counter = ref _counters[(int)limits[i].Period];
            used[i] = nowTicks < counter.EndTicks ? counter.Used : 0;
            if (amount > limits[i].Max - used[i]) outcome = CountOutcome.Refused;
        }
        if (outcome == CountOutcome.Refused) return outcome;
        for (var i = 0; i < limits.Length; i++)
        {
            ref var counter = ref _counters[(int)limits[i].Period];
            // Only the end is kept: a caller whose clock reading is older than the window is counted in it, which can only refuse earlier, never admit more.
            if (nowTicks >= counter.EndTicks) counter.EndTicks = CalendarWindow.End(limits[i].Period, nowTicks);
            used[i] += amount;
            counter.Used = used[i];
            ExpiresTicks = Math.Max(ExpiresTicks, counter.EndTicks);
        }
        return outcome;
    }

    struct Counter
    {
        public long EndTicks;
        public long Used;
    }

    [InlineArray(CalendarWindow.PeriodCount)]
    struct Counters
    {
        Counter _first;
    }
}
