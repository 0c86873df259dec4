using System.Collections.Concurrent;

namespace Weir.Telemetry;

/// <summary>
/// A metric with recorded series. <see cref="With"/> finds the series of some label values without allocating; hot paths ask once and keep the series.
/// The number of series is bounded: label values beyond the limit share one series whose labels all say "other".
/// </summary>
sealed class SeriesFamily<TSeries> : MetricFamily where TSeries : Series
{
    public const string Other = "other";

    readonly string[] _labels;
    readonly int _seriesMax;
    readonly SeriesFamily<Counter>? _overflows;
    readonly Func<TSeries> _create;
    readonly ConcurrentDictionary<string[], TSeries> _series = new(LabelValues.Comparer);
    readonly ConcurrentDictionary<string[], TSeries>.AlternateLookup<ReadOnlySpan<string>> _bySpan;
    readonly Lock _adding = new();
    TSeries? _other;

    internal SeriesFamily(
        MetricType type, string name, string help, long unitsPerOne, string[] labels, int seriesMax, SeriesFamily<Counter>? overflows, Func<TSeries> create)
        : base(type, name, help, unitsPerOne)
    {
        (_labels, _seriesMax, _overflows, _create) = (labels, seriesMax, overflows, create);
        _bySpan = _series.GetAlternateLookup<ReadOnlySpan<string>>();
        if (labels.Length == 0) With();
    }

    public IReadOnlyList<string> Labels => _labels;

    /// <summary>Number of series, the one for "other" not counted.</summary>
    public int Count => _series.Count;

    /// <summary>The series of these label values, in the order of the declared labels.</summary>
    public TSeries With(params ReadOnlySpan<string> values) => _bySpan.TryGetValue(values, out var found) ? found : Add(values);

    /// <summary>All series there are now.</summary>
    public IEnumerable<TSeries> All => _series.Values;

    /// <summary>Drops the series that <paramref name="isStale"/> picks by its label values, for entities that a new configuration no longer has.</summary>
    public void Forget(Predicate<string[]> isStale)
    {
        foreach (var (values, _) in _series)
            if (isStale(values)) _series.TryRemove(values, out _);
    }

    internal override void Write(ref ExpositionWriter writer)
    {
        var other = Volatile.Read(ref _other);
        if (_series.IsEmpty && other is null) return;
        writer.Head(this);
        foreach (var (_, series) in _series) series.Write(ref writer, this);
        other?.Write(ref writer, this);
    }

    TSeries Add(ReadOnlySpan<string> values)
    {
        if (values.Length != _labels.Length) throw new ArgumentException($"{Name} has {_labels.Length} labels, not {values.Length}.", nameof(values));
        lock (_adding)
        {
            if (_bySpan.TryGetValue(values, out var found)) return found;
            if (_series.Count >= _seriesMax)
            {
                _overflows?.With(Name).Add();
                return _other ??= Create(Enumerable.Repeat(Other, _labels.Length).ToArray());
            }
            var series = Create(values);
            _series[values.ToArray()] = series;
            return series;
        }
    }

    TSeries Create(ReadOnlySpan<string> values)
    {
        var series = _create();
        series.Labels = LabelText(_labels, values);
        return series;
    }
}
