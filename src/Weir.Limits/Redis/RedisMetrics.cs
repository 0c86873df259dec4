using System.Diagnostics.Metrics;

namespace Weir.Limits;

/// <summary>What the Redis client counts.</summary>
static class RedisMetrics
{
    static readonly Meter Meter = new("Weir.Limits");

    public static Counter<long> QueueFull { get; } = Meter.CreateCounter<long>(
        "weir.redis.queue.full", "{command}", "Commands not sent because too many were waiting for the server.");

    public static Counter<long> ConnectFailures { get; } = Meter.CreateCounter<long>(
        "weir.redis.connect.failures", "{attempt}", "Attempts to connect to a Redis server that failed.");
}
