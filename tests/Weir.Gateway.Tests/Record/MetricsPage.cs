using System.Buffers;
using System.Text;
using Weir.Telemetry;

namespace Weir.Gateway.Tests;

static class MetricsPage
{
    /// <summary>The metrics as a scraper reads them, without comments.</summary>
    public static string Of(MetricRegistry registry)
    {
        var output = new ArrayBufferWriter<byte>();
        registry.Write(output);
        return string.Join('\n', Encoding.UTF8.GetString(output.WrittenSpan).Split('\n').Where(line => !line.StartsWith('#')));
    }
}
