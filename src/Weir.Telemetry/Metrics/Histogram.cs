namespace Weir.Telemetry;

/// <summary>One histogram series. Observations are whole numbers of the family's unit (ticks, bytes), so that sums are exact and one atomic add.</summary>
sealed class Histogram : Series
{
    const int LongsPerLine = 8;

    readonly long[] _bounds;
    readonly int _stripeLongs;
    readonly long[] _cells;

    /// <param name="bounds">Upper bounds of the buckets, ascending; values above the last one are counted too.</param>
    public Histogram(long[] bounds)
    {
        _bounds = bounds;
        // Per stripe: one cell per bucket, one for what is above all, one for the sum; then up to the next cache line.
        _stripeLongs = (bounds.Length + 2 + LongsPerLine - 1) / LongsPerLine * LongsPerLine;
        _cells = new long[(_stripeLongs * Stripes.Count) + LongsPerLine];
    }

    int SumCell => _bounds.Length + 1;

    public void Observe(long value) => Observe(value, Stripes.Current);

    /// <summary>Observes in a stripe that the caller found out once for several numbers.</summary>
    public void Observe(long value, int stripe)
    {
        var bounds = _bounds;
        var bucket = 0;
        // Most values fall into the first buckets, and there are few: a plain loop beats a binary search.
        while (bucket < bounds.Length && value > bounds[bucket]) bucket++;
        var cells = stripe * _stripeLongs;
        Interlocked.Increment(ref _cells[cells + bucket]);
        Interlocked.Add(ref _cells[cells + SumCell], value);
    }

    public long Count
    {
        get
        {
            var sum = 0L;
            for (var bucket = 0; bucket <= _bounds.Length; bucket++) sum += Cell(bucket);
            return sum;
        }
    }

    public long Sum => Cell(SumCell);

    /// <summary>Observations in one bucket, not counting those below it.</summary>
    public long Cell(int bucket)
    {
        var sum = 0L;
        for (var stripe = 0; stripe < Stripes.Count; stripe++) sum += Interlocked.Read(ref _cells[(stripe * _stripeLongs) + bucket]);
        return sum;
    }

    internal override void Write(ref ExpositionWriter writer, MetricFamily family)
    {
        var below = 0L;
        for (var bucket = 0; bucket < _bounds.Length; bucket++)
        {
            below += Cell(bucket);
            writer.Bucket(family.Name, Labels, _bounds[bucket] / (double)family.UnitsPerOne, below);
        }
        // Count and +Inf must agree although observations go on: both are this one number.
        below += Cell(_bounds.Length);
        writer.Bucket(family.Name, Labels, double.PositiveInfinity, below);
        writer.Sample(family.Name, "_sum", Labels, Sum, family.UnitsPerOne);
        writer.Sample(family.Name, "_count", Labels, below, 1);
    }
}
