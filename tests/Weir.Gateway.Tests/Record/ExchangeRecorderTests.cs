using System.Diagnostics;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Telemetry;

namespace Weir.Gateway.Tests.Record;

public class ExchangeRecorderTests
{
    [Fact]
    public async Task Settles_the_time_counts_and_logs()
    {
        var registry = new MetricRegistry();
        var sink = new KeepingSink();
        var settings = new LogSettings { Name = "access" };
        var log = new AccessLog(new LogWriter(sink, settings, registry, TimeProvider.System, NullLogger.Instance), AccessLogFormat.Json, logsQuery: true);
        var passage = new Passage { StartedTicks = Stopwatch.GetTimestamp() - Stopwatch.Frequency };
        passage.Http.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(Stream.Null));
        passage.Exchange.Http = passage.Http;
        passage.Http.Response.StatusCode = 404;
        new ExchangeRecorder(new RequestMetrics(registry), log).Complete(passage);
        await log.DisposeAsync();
        Assert.InRange(passage.Exchange.Elapsed.TotalSeconds, 1, 60);
        Assert.Contains("code=\"404\"", MetricsPage.Of(registry));
        Assert.StartsWith("{\"time\":", sink.Got);
    }

    sealed class KeepingSink : ILogSink
    {
        public string Got { get; private set; } = "";

        public ValueTask WriteAsync(ReadOnlyMemory<byte> lines)
        {
            Got += Encoding.UTF8.GetString(lines.Span);
            return default;
        }

        public void Reopen() { }

        public void Dispose() { }
    }
}
