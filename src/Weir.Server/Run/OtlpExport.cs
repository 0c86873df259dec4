using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Weir.Ai;
using Weir.Gateway;

namespace Weir.Server;

/// <summary>Sends spans and metrics of calls to models to an OpenTelemetry collector, over OTLP/HTTP. Made only where a collector is configured.</summary>
sealed class OtlpExport : IDisposable
{
    /// <summary>Time that the last export may take when the process stops.</summary>
    const int StopMs = 5_000;

    readonly TracerProvider _spans;
    readonly MeterProvider _metrics;

    OtlpExport(Uri endpoint, string headers, double sampling)
    {
        var resource = ResourceBuilder.CreateDefault().AddService("weir", serviceVersion: VersionCommand.Text);
        _spans = Sdk.CreateTracerProviderBuilder()
            .AddSource(GenAiNames.Source)
            .SetResourceBuilder(resource)
            .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(sampling)))
            .AddOtlpExporter(options => Configure(options, endpoint, "v1/traces", headers))
            .Build();
        _metrics = Sdk.CreateMeterProviderBuilder()
            .AddMeter(GenAiNames.Source)
            .SetResourceBuilder(resource)
            .AddOtlpExporter(options => Configure(options, endpoint, "v1/metrics", headers))
            .Build();
    }

    /// <summary>The export that the settings ask for; null for none.</summary>
    /// <exception cref="FormatException">otlp_endpoint is no URL.</exception>
    public static OtlpExport? Of(NodeSettings settings)
    {
        if (settings.OtlpEndpoint.Length == 0) return null;
        if (!Uri.TryCreate(settings.OtlpEndpoint.TrimEnd('/') + "/", UriKind.Absolute, out var endpoint)
            || !endpoint.Scheme.StartsWith("http", StringComparison.Ordinal))
            throw new FormatException($"otlp_endpoint: '{settings.OtlpEndpoint}' is no absolute http or https URL");
        return new OtlpExport(endpoint, string.Join(',', settings.OtlpHeaders), settings.OtlpSampling);
    }

    /// <summary>Sends what there is.</summary>
    public void Dispose()
    {
        _spans.Shutdown(StopMs);
        _metrics.Shutdown(StopMs);
        _spans.Dispose();
        _metrics.Dispose();
    }

    static void Configure(OtlpExporterOptions options, Uri endpoint, string path, string headers)
    {
        options.Protocol = OtlpExportProtocol.HttpProtobuf;
        options.Endpoint = new Uri(endpoint, path);
        if (headers.Length > 0) options.Headers = headers;
    }
}
