namespace Weir.Telemetry;

/// <summary>One counter series: a number that only grows. Safe for any number of threads, without locks or allocations.</summary>
sealed class Counter : Series
{
    readonly PaddedLong[] _stripes = new PaddedLong[Stripes.Count];

    public void Add(long amount = 1) => Add(amount, Stripes.Current);

    /// <summary>Adds in a stripe that the caller found out once for several numbers.</summary>
    public void Add(long amount, int stripe) => Interlocked.Add(ref _stripes[stripe].Value, amount);

    public long Value
    {
        get
        {
            var sum = 0L;
            foreach (ref var stripe in _stripes.AsSpan()) sum += Interlocked.Read(ref stripe.Value);
            return sum;
        }
    }

    internal override void Write(ref ExpositionWriter writer, MetricFamily family) => writer.Sample(family.Name, "", Labels, Value, family.UnitsPerOne);
}
