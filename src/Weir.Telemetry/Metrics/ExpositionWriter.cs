using System.Buffers;
using System.Globalization;
using System.Text;

namespace Weir.Telemetry;

enum ExpositionFormat
{
    /// <summary>Prometheus text format 0.0.4.</summary>
    Text,

    /// <summary>OpenMetrics 1.0.0.</summary>
    OpenMetrics,
}

/// <summary>Writes metrics in the text formats that Prometheus reads.</summary>
ref struct ExpositionWriter(IBufferWriter<byte> output, ExpositionFormat format)
{
    const int NumberBytesMax = 32;
    const string Total = "_total";

    /// <summary>Smaller numbers are written with an exponent by the runtime.</summary>
    const double PlainMin = 1e-4;

    public const string TextContentType = "text/plain; version=0.0.4; charset=utf-8";
    public const string OpenMetricsContentType = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    readonly bool _openMetrics = format == ExpositionFormat.OpenMetrics;

    public readonly void Head(MetricFamily family)
    {
        var (name, type) = (family.Name, family.Type);
        var typeText = type switch { MetricType.Counter => "counter", MetricType.Gauge => "gauge", _ => "histogram" };
        if (_openMetrics && type == MetricType.Counter)
        {
            // OpenMetrics names a counter without "_total" and demands that suffix of its samples; a counter that has another name has no type there.
            if (name.EndsWith(Total, StringComparison.Ordinal)) name = name[..^Total.Length];
            else typeText = "unknown";
        }
        Put("# HELP ");
        Put(name);
        Put(" ");
        Put(Escaped(family.Help));
        Put("\n# TYPE ");
        Put(name);
        Put(" ");
        Put(typeText);
        Put("\n");
    }

    public readonly void Sample(string name, string suffix, ReadOnlySpan<byte> labels, long value, long unitsPerOne)
    {
        Start(name, suffix, labels);
        if (unitsPerOne == 1) Put(value);
        else Put(value / (double)unitsPerOne);
        Put("\n");
    }

    public readonly void Sample(string name, string suffix, ReadOnlySpan<byte> labels, double value)
    {
        Start(name, suffix, labels);
        Put(value);
        Put("\n");
    }

    public readonly void Bucket(string name, ReadOnlySpan<byte> labels, double bound, long count)
    {
        Put(name);
        Put("_bucket{");
        output.Write(labels);
        Put(labels.IsEmpty ? "le=\"" : ",le=\"");
        Put(bound);
        // OpenMetrics wants bounds as floating-point numbers.
        if (_openMetrics && bound == Math.Floor(bound) && Math.Abs(bound) < 1e15) Put(".0");
        Put("\"} ");
        Put(count);
        Put("\n");
    }

    public readonly void End()
    {
        if (_openMetrics) Put("# EOF\n");
    }

    /// <summary>A help text. OpenMetrics escapes quotation marks there, the older format must not.</summary>
    readonly string Escaped(string help)
    {
        var escaped = help.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        return _openMetrics ? escaped.Replace("\"", "\\\"", StringComparison.Ordinal) : escaped;
    }

    readonly void Start(string name, string suffix, ReadOnlySpan<byte> labels)
    {
        Put(name);
        Put(suffix);
        if (!labels.IsEmpty)
        {
            Put("{");
            output.Write(labels);
            Put("}");
        }
        Put(" ");
    }

    readonly void Put(string text) => Encoding.UTF8.GetBytes(text, output);

    readonly void Put(long number)
    {
        number.TryFormat(output.GetSpan(NumberBytesMax), out var written, default, CultureInfo.InvariantCulture);
        output.Advance(written);
    }

    readonly void Put(double number)
    {
        if (double.IsPositiveInfinity(number)) Put("+Inf");
        else if (double.IsNegativeInfinity(number)) Put("-Inf");
        else if (double.IsNaN(number)) Put("NaN");
        else if (Math.Abs(number) < PlainMin && (double)(decimal)number == number)
        {
            // The runtime writes 5E-05; a bucket's bound is a label, which people and queries write 0.00005. Decimals have no exponent.
            ((decimal)number).TryFormat(output.GetSpan(NumberBytesMax), out var written, default, CultureInfo.InvariantCulture);
            output.Advance(written);
        }
        else
        {
            number.TryFormat(output.GetSpan(NumberBytesMax), out var written, default, CultureInfo.InvariantCulture);
            output.Advance(written);
        }
    }
}
