using Microsoft.Net.Http.Headers;
using Weir.Telemetry;

namespace Weir.Server;

/// <summary>Which format of metrics a scraper gets: OpenMetrics when it names that and likes it no less, otherwise Prometheus' text format.</summary>
static class MetricsFormat
{
    const string OpenMetrics = "application/openmetrics-text";

    /// <param name="accept">The values of the Accept header (RFC 9110 §12.5.1).</param>
    public static ExpositionFormat Of(IList<string?> accept)
    {
        if (!MediaTypeHeaderValue.TryParseList([.. accept.OfType<string>()], out var wanted)) return ExpositionFormat.Text;
        var (openMetrics, text) = (0.0, 0.0);
        foreach (var type in wanted)
        {
            var quality = type.Quality ?? 1;
            if (IsOpenMetrics(type)) openMetrics = Math.Max(openMetrics, quality);
            else if (IsText(type)) text = Math.Max(text, quality);
        }
        return openMetrics > 0 && openMetrics >= text ? ExpositionFormat.OpenMetrics : ExpositionFormat.Text;
    }

    /// <summary>The content type of a format.</summary>
    public static string ContentType(ExpositionFormat format) =>
        format == ExpositionFormat.OpenMetrics ? ExpositionWriter.OpenMetricsContentType : ExpositionWriter.TextContentType;

    // Wildcards do not ask for OpenMetrics: whoever sends them may know the older format only.
    static bool IsOpenMetrics(MediaTypeHeaderValue type) =>
        type.MediaType.Equals(OpenMetrics, StringComparison.OrdinalIgnoreCase) && Version(type) is "" or "1.0.0";

    static bool IsText(MediaTypeHeaderValue type) => type.MediaType.Value is "*/*" or "text/*"
        || (type.MediaType.Equals("text/plain", StringComparison.OrdinalIgnoreCase) && Version(type) is "" or "0.0.4");

    static string Version(MediaTypeHeaderValue type) =>
        type.Parameters.FirstOrDefault(static each => each.Name.Equals("version", StringComparison.OrdinalIgnoreCase))?.GetUnescapedValue().ToString() ?? "";
}
