namespace Weir.Gateway;

/// <summary>
/// Peak-sensitive moving average of an address's latency: a slower answer counts at once, a faster one moves the average with a time constant of
/// <see cref="DecaySeconds"/>. Lock-free; two answers at the same instant may lose one of both observations, which an average can bear.
/// </summary>
sealed class PeerLatency
{
    /// <summary>Seconds after which an observation's part has shrunk to 1/e.</summary>
    public const double DecaySeconds = 10;

    double _averageMs;
    long _observedAt;

    /// <summary>False until the first answer.</summary>
    public bool IsMeasured => Volatile.Read(ref _observedAt) != 0;

    /// <summary>Takes in one answer's latency.</summary>
    public void Observe(TimeSpan latency, TimeProvider time)
    {
        var now = time.GetTimestamp();
        var decayed = AverageMs(now, time);
        var ms = latency.TotalMilliseconds;
        Volatile.Write(ref _averageMs, ms > decayed ? ms : decayed + ms * (1 - Decay(now, time)));
        Volatile.Write(ref _observedAt, now == 0 ? 1 : now);
    }

    /// <summary>
    /// The average as of now. It shrinks while nobody measures, so that an address that was slow once is tried again.
    /// </summary>
    public double AverageMs(long now, TimeProvider time) => Volatile.Read(ref _averageMs) * Decay(now, time);

    double Decay(long now, TimeProvider time)
    {
        var elapsed = time.GetElapsedTime(Volatile.Read(ref _observedAt), now).TotalSeconds;
        return elapsed <= 0 ? 1 : Math.Exp(-elapsed / DecaySeconds);
    }
}
