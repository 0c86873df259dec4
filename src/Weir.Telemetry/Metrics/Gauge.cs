namespace Weir.Telemetry;

/// <summary>One gauge series: a number that goes up and down. What is expensive to keep up to date is better observed while metrics are read.</summary>
sealed class Gauge : Series
{
    long _value;

    public long Value => Interlocked.Read(ref _value);

    public void Set(long value) => Interlocked.Exchange(ref _value, value);

    public void Add(long amount = 1) => Interlocked.Add(ref _value, amount);

    internal override void Write(ref ExpositionWriter writer, MetricFamily family) => writer.Sample(family.Name, "", Labels, Value, family.UnitsPerOne);
}
