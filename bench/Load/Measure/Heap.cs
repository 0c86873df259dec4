using System.Globalization;

namespace Weir.Bench.Load;

/// <summary>What a .NET gateway's metrics tell of its garbage collector.</summary>
readonly record struct Heap(long AllocatedBytes, long Gen2Collections)
{
    const string Allocated = "weir_allocated_bytes_total";
    const string Collections = "weir_gc_collections_total";

    static readonly HttpClient Client = new();

    /// <summary>Null when the gateway has no metrics, or they do not name these.</summary>
    public static async Task<Heap?> ReadAsync(Launch launch, CancellationToken cancel) =>
        launch.MetricsAddress is { } address ? Parse(await Client.GetStringAsync(address, cancel)) : null;

    static Heap? Parse(string metrics)
    {
        long? allocated = null, gen2 = null;
        foreach (var line in metrics.Split('\n'))
        {
            if (line.StartsWith(Allocated, StringComparison.Ordinal))
                allocated = Value(line);
            else if (line.StartsWith(Collections + "{generation=\"2\"", StringComparison.Ordinal))
                gen2 = Value(line);
        }

        return allocated is { } bytes && gen2 is { } count ? new(bytes, count) : null;
    }

    static long Value(string line) => (long)double.Parse(line.AsSpan(line.LastIndexOf(' ') + 1).Trim(), CultureInfo.InvariantCulture);
}
