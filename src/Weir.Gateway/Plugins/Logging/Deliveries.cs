using System.Collections.Concurrent;
using Weir.Telemetry;

namespace Weir.Gateway.Plugins;

/// <summary>Something that holds records which are not yet where they belong.</summary>
interface IPending
{
    /// <summary>Completes when everything that waits was delivered or given up. Cancelling gives up at once what is left.</summary>
    Task DrainAsync(CancellationToken cancellation);
}

/// <summary>Every queue of records in the process: its metrics, and the draining of all of them before the process ends.</summary>
sealed class Deliveries
{
    readonly ConcurrentDictionary<DeliveryQueue, bool> _queues = new();
    readonly ConcurrentDictionary<IPending, bool> _pending = new();

    public Deliveries(MetricRegistry metrics, TimeProvider time)
    {
        Metrics = metrics;
        Time = time;
        Entries = metrics.Counter("weir_delivery_entries_total",
            "Entries of delivery queues by what became of them: delivered, expired (max_retry_time), overflow (max_entries, max_bytes), too_large, abandoned.",
            ["queue", "result"]);
        Retries = metrics.Counter("weir_delivery_retries_total", "Batches tried again.", ["queue"]);
        metrics.Observe(MetricType.Gauge, "weir_delivery_waiting", "Entries that wait in delivery queues.", ["queue"], seen =>
        {
            foreach (var byName in _queues.Keys.GroupBy(static queue => queue.Name)) seen.Add(byName.Sum(static queue => (double)queue.Waiting), byName.Key);
        });
    }

    public MetricRegistry Metrics { get; }
    public TimeProvider Time { get; }
    public SeriesFamily<Counter> Entries { get; }
    public SeriesFamily<Counter> Retries { get; }

    /// <summary>Delivers everything that waits. What is left when <paramref name="cancellation"/> fires is given up and counted.</summary>
    public Task DrainAsync(CancellationToken cancellation) => Task.WhenAll(_pending.Keys.Select(pending => pending.DrainAsync(cancellation)));

    public void Add(IPending pending)
    {
        _pending[pending] = true;
        if (pending is DeliveryQueue queue) _queues[queue] = true;
    }

    public void Remove(IPending pending)
    {
        _pending.TryRemove(pending, out _);
        if (pending is DeliveryQueue queue) _queues.TryRemove(queue, out _);
    }
}
