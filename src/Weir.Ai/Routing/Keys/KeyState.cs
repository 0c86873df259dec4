namespace Weir.Ai;

/// <summary>What is known of a provider's key from the calls made with it; kept over reloads. A key that was refused rests for a while.</summary>
/// <param name="time">The clock.</param>
/// <param name="released">Told when no configuration has the key any more.</param>
sealed class KeyState(TimeProvider time, Action<KeyState>? released = null) : IDisposable
{
    readonly Lock _gate = new();
    long _restsUntil;
    int _refusals;
    int _underWay;
    long _uses;

    /// <summary>Calls under way with it.</summary>
    public int UnderWay => Volatile.Read(ref _underWay);

    /// <summary>Calls made with it.</summary>
    public long Uses => Volatile.Read(ref _uses);

    /// <summary>Refusals in a row.</summary>
    public int Refusals => Volatile.Read(ref _refusals);

    /// <summary>It is not to be used now.</summary>
    public bool IsResting => Volatile.Read(ref _restsUntil) is not 0 and var until && until > time.GetTimestamp();

    /// <summary>Time until it may be used again; zero when it may be now.</summary>
    public TimeSpan RestLeft
    {
        get
        {
            var until = Volatile.Read(ref _restsUntil);
            if (until == 0) return TimeSpan.Zero;
            var left = time.GetElapsedTime(time.GetTimestamp(), until);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    public void Begin()
    {
        Interlocked.Increment(ref _underWay);
        Interlocked.Increment(ref _uses);
    }

    public void End() => Interlocked.Decrement(ref _underWay);

    /// <summary>
    /// Leaves it alone for a while. Of two rests the later end counts; the refusals of calls that were under way with it together are one.
    /// </summary>
    public void Rest(TimeSpan span)
    {
        var now = time.GetTimestamp();
        var until = now + (long)(span.TotalSeconds * time.TimestampFrequency);
        lock (_gate)
        {
            if (_restsUntil <= now) _refusals++;
            _restsUntil = Math.Max(_restsUntil, until);
        }
    }

    public void Dispose() => released?.Invoke(this);

    /// <summary>The provider took it.</summary>
    public void Accepted()
    {
        if (Volatile.Read(ref _refusals) == 0) return;
        lock (_gate) _refusals = 0;
    }
}
