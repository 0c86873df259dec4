namespace Weir.Bench.Load;

/// <summary>A way to send requests to a gateway and to count what comes back.</summary>
abstract class Load
{
    /// <summary>How the report names it.</summary>
    public abstract string Title { get; }

    public abstract Task<LoadResult> RunAsync(Launch launch, Site site, Options options, int seconds, CancellationToken cancel);
}

/// <summary>What the clients counted in one run.</summary>
/// <param name="Requests">Answers received.</param>
/// <param name="Seconds">Length of the run as the clients measured it.</param>
/// <param name="P50Us">Median latency in microseconds.</param>
/// <param name="P99Us">99th percentile.</param>
/// <param name="Errors">Socket errors and answers that were no success.</param>
readonly record struct LoadResult(long Requests, double Seconds, double P50Us, double P99Us, long Errors)
{
    /// <summary>The longest latency in microseconds; 0 when the load does not tell.</summary>
    public double LongestUs { get; init; }

    /// <summary>What those errors were; null when the load does not tell.</summary>
    public Failures? Failures { get; init; }

    /// <summary>The same requests sent to the upstream itself; null when the load does not do that.</summary>
    public DirectLatency? Direct { get; init; }
}

/// <summary>Latencies of the upstream without a gateway.</summary>
readonly record struct DirectLatency(double P50Us, double P99Us);
