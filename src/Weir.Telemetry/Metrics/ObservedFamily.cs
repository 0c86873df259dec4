namespace Weir.Telemetry;

/// <summary>A metric whose numbers are looked up while metrics are read: what somebody else already keeps need not be kept twice.</summary>
sealed class ObservedFamily(MetricType type, string name, string help, string[] labels, Action<Observations> observe) : MetricFamily(type, name, help, 1)
{
    internal override void Write(ref ExpositionWriter writer)
    {
        var seen = new Observations(labels.Length);
        observe(seen);
        if (seen.Samples.Count == 0) return;
        writer.Head(this);
        foreach (var (value, values) in seen.Samples) writer.Sample(Name, "", LabelText(labels, values), value);
    }
}

/// <summary>Collects what an observed metric says at one moment.</summary>
sealed class Observations(int labelCount)
{
    internal List<(double Value, string[] Labels)> Samples { get; } = [];

    /// <summary>Reports one series.</summary>
    public void Add(double value, params ReadOnlySpan<string> labelValues)
    {
        if (labelValues.Length != labelCount)
            throw new ArgumentException($"{labelCount} label values expected, not {labelValues.Length}.", nameof(labelValues));
        Samples.Add((value, labelValues.ToArray()));
    }
}
