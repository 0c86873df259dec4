using System.Buffers;

namespace Weir.Telemetry;

/// <summary>
/// All metrics of the process, and their text exposition. Asking for a metric again by name gives the same metric.
/// <para>
/// Why not System.Diagnostics.Metrics: an instrument hands every measurement with its tags to a listener, which must find the series again by its tags.
/// Here whoever records often asks for a series once and keeps it, so that recording is an atomic addition and allocates nothing. Labels are declared
/// with the metric, so a typo is an exception and not a new series.
/// </para>
/// </summary>
sealed class MetricRegistry
{
    /// <summary>Series per metric; a gateway with 500 routes and 5 status codes each stays far below.</summary>
    public const int SeriesMaxDefault = 10_000;

    readonly List<MetricFamily> _families = [];
    readonly Dictionary<string, MetricFamily> _byName = new(StringComparer.Ordinal);
    readonly Lock _lock = new();
    readonly int _seriesMax;
    readonly SeriesFamily<Counter> _overflows;

    public MetricRegistry(int seriesMax = SeriesMaxDefault)
    {
        _seriesMax = seriesMax;
        _overflows = Counter(
            "weir_metrics_overflow_total", "Lookups of label values that found their metric at its series limit and were counted as \"other\".", ["metric"]);
    }

    public SeriesFamily<Counter> Counter(string name, string help, string[]? labels = null, long unitsPerOne = 1) =>
        Series(MetricType.Counter, name, help, unitsPerOne, labels ?? [], static () => new Counter());

    public SeriesFamily<Gauge> Gauge(string name, string help, string[]? labels = null, long unitsPerOne = 1) =>
        Series(MetricType.Gauge, name, help, unitsPerOne, labels ?? [], static () => new Gauge());

    /// <param name="name">Name without suffix.</param>
    /// <param name="help">One sentence.</param>
    /// <param name="bounds">Upper bounds of the buckets in the exposed unit, ascending.</param>
    /// <param name="unitsPerOne">Recorded units per exposed unit.</param>
    /// <param name="labels">Label names.</param>
    public SeriesFamily<Histogram> Histogram(string name, string help, ReadOnlySpan<double> bounds, long unitsPerOne, string[]? labels = null)
    {
        var units = new long[bounds.Length];
        for (var i = 0; i < bounds.Length; i++)
        {
            units[i] = (long)Math.Round(bounds[i] * unitsPerOne);
            if (Math.Abs((units[i] / (double)unitsPerOne) - bounds[i]) > bounds[i] * 1e-9)
                throw new ArgumentException($"{name}: the unit is too coarse for {bounds[i]}.", nameof(bounds));
            if (i > 0 && units[i] <= units[i - 1]) throw new ArgumentException($"{name}: bounds must ascend.", nameof(bounds));
        }
        return Series(MetricType.Histogram, name, help, unitsPerOne, labels ?? [], () => new Histogram(units));
    }

    /// <summary>A metric that is looked up when metrics are read. The function must be fast and must not throw.</summary>
    public void Observe(MetricType type, string name, string help, string[] labels, Action<Observations> observe)
    {
        MetricName.Check(name, labels);
        lock (_lock)
        {
            if (_byName.ContainsKey(name)) return;
            Keep(new ObservedFamily(type, name, help, labels, observe));
        }
    }

    /// <summary>A metric of one number that is looked up when metrics are read.</summary>
    public void Observe(MetricType type, string name, string help, Func<double> observe) => Observe(type, name, help, [], seen => seen.Add(observe()));

    /// <summary>Writes all metrics, in the order in which they were declared.</summary>
    public void Write(IBufferWriter<byte> output, ExpositionFormat format = ExpositionFormat.Text)
    {
        MetricFamily[] families;
        lock (_lock) families = [.. _families];
        var writer = new ExpositionWriter(output, format);
        foreach (var family in families) family.Write(ref writer);
        writer.End();
    }

    SeriesFamily<TSeries> Series<TSeries>(MetricType type, string name, string help, long unitsPerOne, string[] labels, Func<TSeries> create)
        where TSeries : Series
    {
        MetricName.Check(name, labels);
        lock (_lock)
        {
            if (_byName.TryGetValue(name, out var known))
            {
                if (known is SeriesFamily<TSeries> same && same.Labels.SequenceEqual(labels)) return same;
                throw new InvalidOperationException($"The metric {name} exists already with another type or other labels.");
            }
            var family = new SeriesFamily<TSeries>(type, name, help, unitsPerOne, labels, _seriesMax, _overflows, create);
            Keep(family);
            return family;
        }
    }

    void Keep(MetricFamily family)
    {
        _families.Add(family);
        _byName.Add(family.Name, family);
    }
}
