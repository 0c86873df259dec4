using System.Buffers;
using System.Text;

namespace Weir.Telemetry.Tests;

public class MetricRegistryTests
{
    readonly MetricRegistry _registry = new(seriesMax: 3);

    [Fact]
    public void Writes_counters_gauges_and_histograms_in_the_text_format()
    {
        _registry.Counter("requests_total", "Requests.", ["route", "code"]).With("a", "200").Add(3);
        _registry.Gauge("open", "Open\nnow \\ here.").With().Set(-2);
        var times = _registry.Histogram("took_seconds", "Time.", [0.1, 0.5], TimeSpan.TicksPerSecond, ["route"]).With("a");
        times.Observe(TimeSpan.FromMilliseconds(100).Ticks);
        times.Observe(TimeSpan.FromMilliseconds(101).Ticks);
        times.Observe(TimeSpan.FromSeconds(2).Ticks);
        Assert.Equal(
            """
            # HELP requests_total Requests.
            # TYPE requests_total counter
            requests_total{route="a",code="200"} 3
            # HELP open Open\nnow \\ here.
            # TYPE open gauge
            open -2
            # HELP took_seconds Time.
            # TYPE took_seconds histogram
            took_seconds_bucket{route="a",le="0.1"} 1
            took_seconds_bucket{route="a",le="0.5"} 2
            took_seconds_bucket{route="a",le="+Inf"} 3
            took_seconds_sum{route="a"} 2.201
            took_seconds_count{route="a"} 3

            """.ReplaceLineEndings("\n"), Read());
    }

    [Fact]
    public void Writes_open_metrics_with_its_own_rules_for_counters_bounds_and_end()
    {
        _registry.Counter("requests_total", "Requests.").With().Add();
        _registry.Counter("kong_bandwidth_bytes", "Bytes.").With().Add();
        _registry.Histogram("took_ms", "Time.", [1, 2.5], 1000).With().Observe(1000);
        Assert.Equal(
            """
            # HELP requests Requests.
            # TYPE requests counter
            requests_total 1
            # HELP kong_bandwidth_bytes Bytes.
            # TYPE kong_bandwidth_bytes unknown
            kong_bandwidth_bytes 1
            # HELP took_ms Time.
            # TYPE took_ms histogram
            took_ms_bucket{le="1.0"} 1
            took_ms_bucket{le="2.5"} 1
            took_ms_bucket{le="+Inf"} 1
            took_ms_sum 1
            took_ms_count 1
            # EOF

            """.ReplaceLineEndings("\n"), Read(ExpositionFormat.OpenMetrics));
    }

    [Theory]
    [InlineData("a\"b", "a\\\"b")]
    [InlineData("a\\b", "a\\\\b")]
    [InlineData("a\nb", "a\\nb")]
    [InlineData("ä€😀", "ä€😀")]
    [InlineData("a\"} 1\nforged_total{x=\"", "a\\\"} 1\\nforged_total{x=\\\"")]
    [InlineData("", "")]
    public void Escapes_label_values(string value, string expected)
    {
        _registry.Counter("c_total", "C.", ["l"]).With(value).Add();
        Assert.Contains($"c_total{{l=\"{expected}\"}} 1\n", Read());
    }

    [Fact]
    public void Series_beyond_the_limit_share_one_and_are_counted()
    {
        var family = _registry.Counter("c_total", "C.", ["a", "b"]);
        for (var i = 0; i < 10; i++) family.With($"v{i}", "x").Add();
        var text = Read();
        Assert.Equal(3, family.Count);
        Assert.Contains("c_total{a=\"other\",b=\"other\"} 7\n", text);
        Assert.Contains("weir_metrics_overflow_total{metric=\"c_total\"} 7\n", text);
        Assert.DoesNotContain("v3", text);
        family.With("v0", "x").Add();
        Assert.Contains("c_total{a=\"v0\",b=\"x\"} 2\n", Read());
    }

    [Fact]
    public void Forgotten_series_make_room()
    {
        var family = _registry.Counter("c_total", "C.", ["a"]);
        foreach (var route in (string[])["x", "y", "z"]) family.With(route).Add();
        family.Forget(static values => values[0] != "y");
        family.With("new").Add();
        Assert.Equal(2, family.Count);
        Assert.DoesNotContain("\"x\"", Read());
        Assert.DoesNotContain("overflow", Read());
    }

    [Fact]
    public void Asking_again_gives_the_same_metric_and_the_same_series()
    {
        var first = _registry.Counter("c_total", "C.", ["a"]);
        Assert.Same(first, _registry.Counter("c_total", "C.", ["a"]));
        Assert.Same(first.With("x"), first.With(new string("x")));
    }

    [Fact]
    public void Refuses_the_same_name_with_other_labels_or_another_type()
    {
        _registry.Counter("c_total", "C.", ["a"]);
        Assert.Throws<InvalidOperationException>(() => _registry.Counter("c_total", "C.", ["b"]));
        Assert.Throws<InvalidOperationException>(() => _registry.Gauge("c_total", "C.", ["a"]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1abc")]
    [InlineData("a-b")]
    [InlineData("a b")]
    [InlineData("ä")]
    public void Refuses_bad_metric_names(string name) => Assert.Throws<ArgumentException>(() => _registry.Counter(name, "C."));

    [Theory]
    [InlineData("le")]
    [InlineData("__name__")]
    [InlineData("a-b")]
    [InlineData("")]
    public void Refuses_bad_label_names(string label) => Assert.Throws<ArgumentException>(() => _registry.Gauge("g", "G.", [label]));

    [Theory]
    [InlineData(2.5, 1)]
    [InlineData(1.00005, 1000)]
    public void Refuses_bounds_that_the_recorded_unit_cannot_hold(double bound, long unitsPerOne) =>
        Assert.Throws<ArgumentException>(() => _registry.Histogram("h", "H.", [bound], unitsPerOne));

    [Fact]
    public void Refuses_bounds_that_do_not_ascend() => Assert.Throws<ArgumentException>(() => _registry.Histogram("h", "H.", [2, 1], 1));

    [Fact]
    public void Refuses_the_wrong_number_of_label_values()
    {
        var family = _registry.Counter("c_total", "C.", ["a", "b"]);
        Assert.Throws<ArgumentException>(() => family.With("x"));
        Assert.Throws<ArgumentException>(() => family.With("x", "y", "z"));
    }

    [Fact]
    public void Observed_metrics_are_looked_up_when_read()
    {
        var value = 1.5;
        _registry.Observe(MetricType.Gauge, "o", "O.", () => value);
        Assert.Contains("\no 1.5\n", Read());
        value = double.NaN;
        Assert.Contains("\no NaN\n", Read());
        value = double.PositiveInfinity;
        Assert.Contains("\no +Inf\n", Read());
    }

    [Fact]
    public void A_metric_without_series_is_not_written()
    {
        _registry.Counter("c_total", "C.", ["a"]);
        _registry.Observe(MetricType.Gauge, "o", "O.", ["l"], static _ => { });
        Assert.Equal("", Read());
    }

    [Fact]
    public void Process_metrics_have_plausible_values()
    {
        ProcessMetrics.Declare(_registry, TimeProvider.System);
        var lines = Read().Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split(' '))
            .ToDictionary(parts => parts[0], parts => double.Parse(parts[1]));
        Assert.True(lines["process_resident_memory_bytes"] > 1e6);
        Assert.True(lines["process_cpu_seconds_total"] > 0);
        Assert.True(lines["weir_allocated_bytes_total"] > 0);
        Assert.True(lines.ContainsKey("weir_gc_collections_total{generation=\"2\"}"));
    }

    string Read(ExpositionFormat format = ExpositionFormat.Text)
    {
        var output = new ArrayBufferWriter<byte>();
        _registry.Write(output, format);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
