namespace Weir.Telemetry;

/// <summary>Metrics of the usage ledger.</summary>
sealed class UsageMetrics
{
    readonly Gauge _failing;

    public UsageMetrics(MetricRegistry metrics, Func<double> queueBytes)
    {
        var records = metrics.Counter("weir_usage_records_total", "Usage records by what became of them.", ["result"]);
        (Written, Failed, Dropped) = (records.With("written"), records.With("failed"), records.With("dropped"));
        Batches = metrics.Counter("weir_usage_batches_total", "Writes to the usage ledger; each takes all records that waited.").With();
        Segments = metrics.Counter("weir_usage_segments_total", "Segments of the usage ledger that were begun.").With();
        Retired = metrics.Counter("weir_usage_segments_retired_total", "Segments of the usage ledger that were deleted by retention.").With();
        SyncTime = metrics.Histogram(
            "weir_usage_write_seconds", "Time to write a batch of usage records, and for the disk to have it.",
            [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1], TimeSpan.TicksPerSecond).With();
        _failing = metrics.Gauge("weir_usage_ledger_failing", "1 while the usage ledger cannot be written.").With();
        metrics.Observe(MetricType.Gauge, "weir_usage_queue_bytes", "Bytes of usage records that wait for the disk.", queueBytes);
    }

    public Counter Written { get; }

    public Counter Failed { get; }

    public Counter Dropped { get; }

    public Counter Batches { get; }

    public Counter Segments { get; }

    public Counter Retired { get; }

    /// <summary>In ticks.</summary>
    public Histogram SyncTime { get; }

    public void SetFailing(bool isFailing) => _failing.Set(isFailing ? 1 : 0);
}
