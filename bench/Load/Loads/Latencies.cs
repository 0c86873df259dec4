namespace Weir.Bench.Load;

/// <summary>Counts latencies by the microsecond, without allocating while it counts.</summary>
sealed class Latencies
{
    /// <summary>A longer one counts as this.</summary>
    const int UsMax = 2_000_000;

    readonly int[] _byMicrosecond = new int[UsMax + 1];

    public long Count { get; private set; }

    public double LongestUs { get; private set; }

    public void Add(TimeSpan latency)
    {
        _byMicrosecond[(int)Math.Clamp(latency.TotalMicroseconds, 0, UsMax)]++;
        Count++;
        LongestUs = Math.Max(LongestUs, latency.TotalMicroseconds);
    }

    /// <summary>The latency that <paramref name="percent"/> of all do not exceed; 0 without any.</summary>
    public double PercentileUs(double percent)
    {
        var wanted = (long)Math.Ceiling(Count * percent / 100);
        long seen = 0;
        for (var us = 0; us <= UsMax; us++)
        {
            seen += _byMicrosecond[us];
            if (seen >= wanted)
                return wanted == 0 ? 0 : us;
        }

        return UsMax;
    }
}
