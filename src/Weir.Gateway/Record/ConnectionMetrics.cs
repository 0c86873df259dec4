using Weir.Telemetry;

namespace Weir.Gateway;

/// <summary>Client connections. The listener calls it when a connection opens and when it closes.</summary>
sealed class ConnectionMetrics
{
    readonly Counter _opened;
    readonly Counter _closed;

    public ConnectionMetrics(MetricRegistry registry)
    {
        _opened = registry.Counter("weir_connections_total", "Client connections accepted.").With();
        _closed = new Counter();
        // Two counters that grow need no shared number that both cores fight for.
        registry.Observe(MetricType.Gauge, "weir_connections_open", "Client connections open now.", () => Open);
    }

    /// <summary>Connections accepted since the start.</summary>
    public long Accepted => _opened.Value;

    /// <summary>Connections open now.</summary>
    public long Open => Math.Max(0, _opened.Value - _closed.Value);

    public void Opened() => _opened.Add();

    public void Closed() => _closed.Add();
}
