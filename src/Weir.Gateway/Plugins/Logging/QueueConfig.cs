using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Weir.Gateway.Plugins;

/// <summary>How entries wait, are gathered into batches, and are tried again.</summary>
sealed record QueueConfig
{
    [Description("Entries delivered together at most."), Range(1, 1_000_000)]
    public int MaxBatchSize { get; init; } = 1;

    [Description("Seconds to wait after the first entry for more, before a batch that is not full is delivered."), Range(0.0, 3600.0)]
    public double MaxCoalescingDelay { get; init; } = 1;

    [Description("Entries that may wait; when there are more, the oldest are dropped."), Range(1, 1_000_000)]
    public int MaxEntries { get; init; } = 10_000;

    [Description("Bytes that may wait; when there are more, the oldest entries are dropped. Unset for no limit but max_entries."), Range(1, int.MaxValue)]
    public int? MaxBytes { get; init; }

    [Description("Seconds after which a batch that cannot be delivered is given up.")]
    public double MaxRetryTime { get; init; } = 60;

    [Description("Seconds before the first retry; doubled for each further one."), Range(0.001, 1_000_000.0)]
    public double InitialRetryDelay { get; init; } = 0.01;

    [Description("Longest time between retries, in seconds."), Range(0.001, 1_000_000.0)]
    public double MaxRetryDelay { get; init; } = 60;

    [Description("Batches under way at the same time: 1, or -1 to deliver every entry at once, on its own and in no order."), AllowedValues(-1, 1)]
    public int ConcurrencyLimit { get; init; } = 1;
}
