namespace Weir.Gateway;

/// <summary>
/// Coarse time for upstream connections: one timer for the process looks over all of them a few times a second, so that an operation needs neither a timer
/// nor a cancellation source of its own. A time limit fires at most two ticks late and never early.
/// </summary>
sealed class UpstreamClock : IDisposable
{
    public const int TickMs = 100;

    readonly TimeProvider _time;
    readonly long _start;
    readonly ITimer _timer;
    readonly Lock _gate = new();
    readonly List<ITicking> _listeners = [];
    long _nowMs;
    int _ticking;

    public UpstreamClock(TimeProvider time)
    {
        _time = time;
        _start = time.GetTimestamp();
        var tick = TimeSpan.FromMilliseconds(TickMs);
        _timer = time.CreateTimer(static state => ((UpstreamClock)state!).Tick(), this, tick, tick);
    }

    /// <summary>Milliseconds since the clock was made, as of the last tick.</summary>
    public long NowMs => Volatile.Read(ref _nowMs);

    public TimeProvider Time => _time;

    public void Add(ITicking listener)
    {
        lock (_gate) _listeners.Add(listener);
    }

    public void Remove(ITicking listener)
    {
        lock (_gate) _listeners.Remove(listener);
    }

    public void Dispose() => _timer.Dispose();

    void Tick()
    {
        // A tick that outlasts the period must not meet the next one.
        if (Interlocked.Exchange(ref _ticking, 1) == 1) return;
        var now = (long)_time.GetElapsedTime(_start).TotalMilliseconds;
        Volatile.Write(ref _nowMs, now);
        ITicking[] listeners;
        lock (_gate) listeners = [.. _listeners];
        foreach (var listener in listeners) listener.Tick(now);
        Volatile.Write(ref _ticking, 0);
    }
}

/// <summary>Something that looks after its time limits when the clock ticks.</summary>
interface ITicking
{
    void Tick(long nowMs);
}
