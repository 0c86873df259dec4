using Weir.Telemetry;

namespace Weir.Control;

/// <summary>Metrics of a journal, wherever it is kept.</summary>
sealed class JournalMetrics
{
    readonly Gauge _failing;

    public JournalMetrics(MetricRegistry metrics, Func<double> revision)
    {
        var records = metrics.Counter("weir_journal_records_total", "Transactions by what became of them when they were to be appended.", ["result"]);
        (Written, Failed, Raced) = (records.With("written"), records.With("failed"), records.With("raced"));
        Batches = metrics.Counter("weir_journal_batches_total", "Writes to the journal; each takes all transactions that waited.").With();
        WriteTime = metrics.Histogram(
            "weir_journal_write_seconds", "Time to write a batch of transactions, and for it to be durable.",
            [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5], TimeSpan.TicksPerSecond).With();
        _failing = metrics.Gauge("weir_journal_failing", "1 while the journal cannot be written.").With();
        metrics.Observe(MetricType.Gauge, "weir_journal_revision", "The last durable transaction.", revision);
    }

    public Counter Written { get; }

    public Counter Failed { get; }

    /// <summary>Another node was faster.</summary>
    public Counter Raced { get; }

    public Counter Batches { get; }

    /// <summary>In ticks.</summary>
    public Histogram WriteTime { get; }

    public void SetFailing(bool isFailing) => _failing.Set(isFailing ? 1 : 0);
}
