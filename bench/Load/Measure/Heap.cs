namespace Weir.Bench.Load;

/// <summary>What a .NET gateway's metrics tell of its garbage collector.</summary>
readonly record struct Heap(long AllocatedBytes, long Gen2Collections)
{
    /// <summary>Null when the gateway has no metrics, or they do not name these.</summary>
    public static async Task<Heap?> ReadAsync(Launch launch, CancellationToken cancel)
    {
        if (launch.MetricsAddress is not { } address)
            return null;
        var page = await MetricsPage.ReadAsync(address, cancel);
        return page.Value("weir_allocated_bytes_total") is { } bytes && page.Value("weir_gc_collections_total{generation=\"2\"") is { } count
            ? new(bytes, count)
            : null;
    }
}
