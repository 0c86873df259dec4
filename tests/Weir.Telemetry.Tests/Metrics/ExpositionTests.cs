using System.Buffers;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Weir.Telemetry.Tests;

/// <summary>Pages are read back by the rules of both formats.</summary>
public class ExpositionTests
{
    readonly MetricRegistry _registry = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_sort_of_metric_is_written_by_the_rules(bool openMetrics)
    {
        const string help = "A \"quoted\" \\ word,\nand a line.";
        _registry.Counter("requests_total", help, ["route"]).With("a\"b\\c\nd").Add(3);
        _registry.Counter("kong_bandwidth_bytes", "Bytes.").With().Add(7);
        _registry.Gauge("open", "Open.").With().Set(-2);
        var times = _registry.Histogram("took_seconds", "Time.", [0.00005, 0.0001, 0.5, 1, 30], TimeSpan.TicksPerSecond, ["route"]);
        foreach (var route in (string[])["a", "b"])
            foreach (var ticks in (long[])[1, 700, 4_000_000, 50_000_000, 900_000_000]) times.With(route).Observe(ticks);
        _registry.Observe(MetricType.Gauge, "odd", "Odd.", ["l"], static seen =>
        {
            seen.Add(double.NaN, "nan");
            seen.Add(double.PositiveInfinity, "more");
            seen.Add(double.NegativeInfinity, "less");
            seen.Add(1e300, "large");
            seen.Add(-3.5e-9, "small");
        });
        ProcessMetrics.Declare(_registry, TimeProvider.System);

        var page = Page(openMetrics);

        var counter = page.Families[openMetrics ? "requests" : "requests_total"];
        Assert.Equal(("counter", help), (counter.Type, counter.Help));
        Assert.Equal([("route", "a\"b\\c\nd")], page.Samples[0].Labels);
        Assert.Equal(3, page.Samples[0].Value);
        Assert.Equal(openMetrics ? "unknown" : "counter", page.Families["kong_bandwidth_bytes"].Type);
        var buckets = page.Samples.Where(static sample => sample.Name == "took_seconds_bucket" && sample.Labels[0].Value == "b");
        Assert.Equal(
            openMetrics ? ["0.00005", "0.0001", "0.5", "1.0", "30.0", "+Inf"] : ["0.00005", "0.0001", "0.5", "1", "30", "+Inf"],
            buckets.Select(static sample => sample.Labels[1].Value));
        Assert.Equal([double.NaN, double.PositiveInfinity, double.NegativeInfinity, 1e300, -3.5e-9],
            page.Samples.Where(static sample => sample.Name == "odd").Select(static sample => sample.Value));
    }

    [Fact]
    public void Any_label_value_and_any_help_come_back_as_they_were() => Prop.ForAll<NonNull<string>, NonNull<string>, bool>((label, help, openMetrics) =>
    {
        // Lone surrogates are no characters and cannot be written.
        var (value, text) = (Whole(label.Get), Whole(help.Get));
        var registry = new MetricRegistry();
        registry.Counter("c_total", text, ["l"]).With(value).Add();
        var page = Page(registry, openMetrics);
        return page.Samples[0].Labels[0].Value == value && page.Families.Values.First().Help == text;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_number_comes_back_as_it_was() => Prop.ForAll<double, bool>((number, openMetrics) =>
    {
        var registry = new MetricRegistry();
        registry.Observe(MetricType.Gauge, "g", "G.", () => number);
        return Page(registry, openMetrics).Samples[0].Value.Equals(number);
    }).QuickCheckThrowOnFailure();

    ExpositionPage Page(bool openMetrics) => Page(_registry, openMetrics);

    static ExpositionPage Page(MetricRegistry registry, bool openMetrics)
    {
        var output = new ArrayBufferWriter<byte>();
        registry.Write(output, openMetrics ? ExpositionFormat.OpenMetrics : ExpositionFormat.Text);
        return ExpositionPage.Read(Encoding.UTF8.GetString(output.WrittenSpan), openMetrics);
    }

    static string Whole(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
