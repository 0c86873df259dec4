using System.Diagnostics;
using Weir.Telemetry;

namespace Weir.Gateway;

/// <summary>Settles what an exchange took, counts it, and writes its line of the access log. Runs before the done phase, which reads the result.</summary>
sealed class ExchangeRecorder(RequestMetrics metrics, AccessLog? accessLog) : IExchangeRecorder
{
    public void Complete(Passage passage)
    {
        var exchange = passage.Exchange;
        exchange.Elapsed = Stopwatch.GetElapsedTime(passage.StartedTicks);
        metrics.SeriesOf(passage.Route).Record(exchange);
        accessLog?.Write(exchange);
    }
}
