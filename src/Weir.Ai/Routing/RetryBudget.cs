using Weir.Ai.Plugins;

namespace Weir.Ai;

/// <summary>Counts a route's calls and their further tries over a sliding window, and says when there are enough of the latter; kept over reloads.</summary>
sealed class RetryBudget(RetryBudgetConfig config, TimeProvider time)
{
    /// <summary>Parts of a window: what is forgotten at a time.</summary>
    const int Slots = 10;

    readonly Lock _gate = new();
    readonly long _start = time.GetTimestamp();
    readonly (long Calls, long Tries)[] _slots = new (long, long)[Slots];
    long _slot;

    /// <summary>A call begins.</summary>
    public void Called()
    {
        lock (_gate) _slots[Now()].Calls++;
    }

    /// <summary>Takes one further try; false when the window has had its share.</summary>
    public bool TryTake()
    {
        lock (_gate)
        {
            var now = Now();
            var (calls, tries) = (0L, 0L);
            foreach (var slot in _slots) (calls, tries) = (calls + slot.Calls, tries + slot.Tries);
            if (tries >= Math.Max(config.TriesMin, calls * config.Percentage / 100)) return false;
            _slots[now].Tries++;
            return true;
        }
    }

    /// <summary>The slot of this moment; those that the window has left are empty.</summary>
    int Now()
    {
        var slot = (long)(time.GetElapsedTime(_start).TotalMilliseconds * Slots / config.Window);
        for (var passed = Math.Max(_slot + 1, slot - Slots + 1); passed <= slot; passed++) _slots[passed % Slots] = default;
        _slot = Math.Max(_slot, slot);
        return (int)(_slot % Slots);
    }
}
