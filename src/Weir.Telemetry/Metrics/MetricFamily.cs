using System.Text;

namespace Weir.Telemetry;

enum MetricType
{
    Counter,
    Gauge,
    Histogram,
}

/// <summary>A metric: its name, what it means, and its series.</summary>
abstract class MetricFamily(MetricType type, string name, string help, long unitsPerOne)
{
    public MetricType Type { get; } = type;
    public string Name { get; } = name;
    public string Help { get; } = help;

    /// <summary>How many recorded units make one of the exposed unit: 10,000,000 when ticks are recorded and seconds exposed.</summary>
    public long UnitsPerOne { get; } = unitsPerOne;

    internal abstract void Write(ref ExpositionWriter writer);

    /// <summary>Label names and values as they stand between the braces.</summary>
    protected static byte[] LabelText(string[] names, ReadOnlySpan<string> values)
    {
        var text = new StringBuilder();
        for (var i = 0; i < names.Length; i++)
        {
            if (i > 0) text.Append(',');
            text.Append(names[i]).Append("=\"");
            foreach (var c in values[i])
                _ = c switch
                {
                    '\\' => text.Append("\\\\"),
                    '"' => text.Append("\\\""),
                    '\n' => text.Append("\\n"),
                    _ => text.Append(c),
                };
            text.Append('"');
        }
        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
