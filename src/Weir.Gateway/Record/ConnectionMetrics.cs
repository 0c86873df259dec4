using System.Globalization;
using Weir.Telemetry;

namespace Weir.Gateway;

/// <summary>Client connections. The listener calls it when a connection opens and when it closes, and when it refuses what came over one.</summary>
sealed class ConnectionMetrics
{
    readonly SeriesFamily<Counter> _refused;
    readonly Counter _opened;
    readonly Counter _closed;
    volatile TaskCompletionSource? _none;

    public ConnectionMetrics(MetricRegistry registry)
    {
        _opened = registry.Counter("weir_connections_total", "Client connections accepted.").With();
        _closed = new Counter();
        _refused = registry.Counter("weir_bad_requests_total", "Requests that the listener refused: malformed, over a limit, or too slow.", ["code"]);
        // Two counters that grow need no shared number that both cores fight for.
        registry.Observe(MetricType.Gauge, "weir_connections_open", "Client connections open now.", () => Open);
    }

    /// <summary>Connections accepted since the start.</summary>
    public long Accepted => _opened.Value;

    /// <summary>Connections open now.</summary>
    public long Open => Math.Max(0, _opened.Value - _closed.Value);

    public void Opened() => _opened.Add();

    public void Closed()
    {
        _closed.Add();
        if (_none is { } none && Open == 0) none.TrySetResult();
    }

    /// <summary>Returns when no connection is open, or the wait is given up.</summary>
    public async Task WhenNoneAsync(CancellationToken cancellation)
    {
        var none = _none ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.MemoryBarrier();
        if (Open == 0) return;
        await none.Task.WaitAsync(cancellation).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    public void Refused(int status) => _refused.With(status.ToString(CultureInfo.InvariantCulture)).Add();
}
