using FsCheck;
using FsCheck.Fluent;

namespace Weir.Telemetry.Tests;

public class RecordingTests
{
    readonly MetricRegistry _registry = new();

    [Fact]
    public async Task No_count_is_lost_between_threads()
    {
        const int threads = 8, times = 20_000;
        var counter = _registry.Counter("c_total", "C.").With();
        var histogram = _registry.Histogram("h", "H.", [10, 100], 1).With();
        await Task.WhenAll(Enumerable.Range(0, threads).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < times; i++)
            {
                counter.Add(2);
                histogram.Observe(i % 200);
            }
        })));
        Assert.Equal(threads * times * 2, counter.Value);
        Assert.Equal(threads * times, histogram.Count);
        Assert.Equal(threads * (long)Enumerable.Range(0, times).Sum(i => i % 200), histogram.Sum);
    }

    [Fact]
    public async Task Threads_that_ask_for_the_same_labels_get_the_same_series()
    {
        var family = _registry.Counter("c_total", "C.", ["l"]);
        var found = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => family.With("x"))));
        Assert.Single(found.Distinct());
    }

    [Fact]
    public void Recording_allocates_nothing()
    {
        var family = _registry.Counter("c_total", "C.", ["route", "code"]);
        var counter = family.With("a", "200");
        var histogram = _registry.Histogram("h", "H.", [10, 100], 1).With();
        Assert.Equal(0, Allocation.LeastBytes(Record));

        void Record()
        {
            for (var i = 0; i < 1000; i++)
            {
                counter.Add();
                histogram.Observe(7);
                family.With("a", "200").Add();
            }
        }
    }

    [Fact]
    public void Every_value_falls_into_the_first_bucket_that_holds_it() => Prop.ForAll<int[], int>((bounds, value) =>
    {
        long[] ascending = [.. bounds.Select(b => (long)b).Distinct().Order()];
        var histogram = new Histogram(ascending);
        histogram.Observe(value);
        var expected = Array.FindIndex(ascending, bound => value <= bound);
        if (expected < 0) expected = ascending.Length;
        for (var bucket = 0; bucket <= ascending.Length; bucket++)
            if (histogram.Cell(bucket) != (bucket == expected ? 1 : 0)) return false;
        return histogram.Sum == value && histogram.Count == 1;
    }).QuickCheckThrowOnFailure();
}
