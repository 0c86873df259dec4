namespace Weir.Telemetry;

/// <summary>One line (or, for a histogram, one group of lines) of a metric: the numbers of one combination of label values.</summary>
abstract class Series
{
    /// <summary>The labels as they stand between the braces, in UTF-8; set once when the series is created.</summary>
    internal byte[] Labels { get; set; } = [];

    internal abstract void Write(ref ExpositionWriter writer, MetricFamily family);
}
