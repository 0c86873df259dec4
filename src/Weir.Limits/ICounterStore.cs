namespace Weir.Limits;

/// <summary>What came of an attempt to count.</summary>
enum CountOutcome
{
    /// <summary>There was room in every window and the amount is counted in all of them.</summary>
    Counted,

    /// <summary>At least one window had no room; nothing is counted.</summary>
    Refused,

    /// <summary>The store could not be asked; nothing is known. Only stores outside this process answer so.</summary>
    Unavailable,
}

/// <summary>Counters of use in calendar windows. Safe for concurrent use. An in-memory store completes every call at once.</summary>
interface ICounterStore
{
    /// <summary>
    /// Counts <paramref name="amount"/> in all windows that contain <paramref name="utcNow"/> if each has room for it, and in none otherwise, as one
    /// atomic step:
    /// however many callers there are, no window ever holds more than its limit.
    /// </summary>
    /// <param name="key">Whose counters.</param>
    /// <param name="limits">The windows and their limits; each period at most once.</param>
    /// <param name="utcNow">The time of the use.</param>
    /// <param name="amount">Units to count; 1 for a request.</param>
    /// <param name="used">Filled with the use of each window, in the order of <paramref name="limits"/>: with the amount when counted, without when
    /// refused.</param>
    /// <param name="cancellation">Ends the wait for a remote store.</param>
    ValueTask<CountOutcome> TryCountAsync(
        CounterKey key, ReadOnlyMemory<WindowLimit> limits, DateTimeOffset utcNow, long amount, Memory<long> used, CancellationToken cancellation);
}
