namespace Weir.Ai;

/// <summary>
/// What is known of a target from the calls it has served; kept over reloads. Latencies are peak-sensitive moving averages: a slow call counts at once, fast
/// ones bring the average down over time.
/// </summary>
sealed class TargetState(TimeProvider time)
{
    /// <summary>Time in which an old latency loses most of its weight.</summary>
    static readonly TimeSpan Decay = TimeSpan.FromSeconds(10);

    readonly Lock _gate = new();
    long _observedAt;
    double _tokenMs;
    double _callMs;
    int _failures;
    long _failedAt;
    int _underWay;
    long _turn;
    long _inputTokens;
    long _outputTokens;
    long _nano;

    /// <summary>Calls under way.</summary>
    public int UnderWay => Volatile.Read(ref _underWay);

    /// <summary>Where smooth weighted round-robin stands for this target. Under the chooser's lock.</summary>
    public long Turn
    {
        get => _turn;
        set => _turn = value;
    }

    /// <summary>The metrics of the last call.</summary>
    public LlmMetrics.CallSeries? Series { get; set; }

    public long InputTokens => Volatile.Read(ref _inputTokens);

    public long OutputTokens => Volatile.Read(ref _outputTokens);

    /// <summary>Money spent, in nano-units.</summary>
    public long Nano => Volatile.Read(ref _nano);

    /// <summary>Average time per token of the answer, in milliseconds; 0 before the first call.</summary>
    public double TokenMs
    {
        get { lock (_gate) return _tokenMs; }
    }

    /// <summary>Average time of a whole call, in milliseconds; 0 before the first call.</summary>
    public double CallMs
    {
        get { lock (_gate) return _callMs; }
    }

    public void Begin() => Interlocked.Increment(ref _underWay);

    public void End() => Interlocked.Decrement(ref _underWay);

    /// <summary>A call was answered.</summary>
    public void Answered(TimeSpan elapsed, TokenUsage? usage, long nano)
    {
        if (usage is not null)
        {
            Interlocked.Add(ref _inputTokens, usage.Input);
            Interlocked.Add(ref _outputTokens, usage.Output);
        }
        Interlocked.Add(ref _nano, nano);
        var now = time.GetTimestamp();
        lock (_gate)
        {
            var weight = _observedAt == 0 ? 0 : Math.Exp(-time.GetElapsedTime(_observedAt, now) / Decay);
            _observedAt = now;
            _callMs = Peak(_callMs, elapsed.TotalMilliseconds, weight);
            if (usage is { Output: > 0 }) _tokenMs = Peak(_tokenMs, elapsed.TotalMilliseconds / usage.Output, weight);
        }
    }

    /// <summary>Whether the target may be chosen: it has not failed as often as allowed, or long enough ago.</summary>
    public bool IsUp(int failsMax, TimeSpan failTimeout)
    {
        if (failsMax == 0) return true;
        lock (_gate) return _failures < failsMax || time.GetElapsedTime(_failedAt) >= failTimeout;
    }

    /// <summary>The target failed, by no fault of the client.</summary>
    public void Failed()
    {
        lock (_gate)
        {
            _failures++;
            _failedAt = time.GetTimestamp();
        }
    }

    /// <summary>A success forgives failures once the time-out since the last of them has passed.</summary>
    public void Succeeded(TimeSpan failTimeout)
    {
        if (Volatile.Read(ref _failures) == 0) return;
        lock (_gate)
        {
            if (time.GetElapsedTime(_failedAt) >= failTimeout) _failures = 0;
        }
    }

    static double Peak(double average, double seen, double weight) => seen > average ? seen : (average * weight) + (seen * (1 - weight));
}
