namespace Weir.Gateway;

/// <summary>
/// The time limit of one direction of a connection. The side that waits starts and stops it; the clock's thread fires it. Firing and stopping settle
/// between them which came first, so an operation that ended in time is never blamed, and a fired limit is never overlooked.
/// </summary>
struct Watch
{
    const long Stopped = long.MaxValue;
    const long Fired = long.MinValue;

    long _startedMs;

    public Watch() => _startedMs = Stopped;

    public void Start(long nowMs) => Volatile.Write(ref _startedMs, nowMs);

    /// <summary>Ends the wait; true when it had fired.</summary>
    public bool StopIfFired() => Interlocked.Exchange(ref _startedMs, Stopped) == Fired;

    /// <summary>
    /// Fires when more than <paramref name="limitMs"/> have passed since the start and since <paramref name="notBeforeMs"/>. The clock is a tick behind at
    /// most, so one tick is added to never fire early.
    /// </summary>
    public bool TryFire(long nowMs, long notBeforeMs, int limitMs)
    {
        var started = Volatile.Read(ref _startedMs);
        if (started is Stopped or Fired || nowMs - Math.Max(started, notBeforeMs) <= (long)limitMs + UpstreamClock.TickMs) return false;
        return Interlocked.CompareExchange(ref _startedMs, Fired, started) == started;
    }
}
