using System.Text.Json.Serialization;

namespace Weir.Telemetry;

/// <summary>When a record counts as written.</summary>
enum UsageSync
{
    /// <summary>When the disk has it: survives a loss of power.</summary>
    [JsonStringEnumMemberName("always")]
    Always,

    /// <summary>When the operating system has it: survives the end of the process, and the disk has it after the interval.</summary>
    [JsonStringEnumMemberName("interval")]
    Interval,
}

/// <summary>What happens to a record that cannot be written: the disk is full, or slower than the calls.</summary>
enum UsageFailure
{
    /// <summary>Whoever appends it is told; the call can be refused.</summary>
    [JsonStringEnumMemberName("fail")]
    Fail,

    /// <summary>It is dropped and counted.</summary>
    [JsonStringEnumMemberName("drop")]
    Drop,
}

/// <summary>Where usage records go.</summary>
sealed record UsageLedgerSettings
{
    /// <summary>Folder of the segments; made when it is missing.</summary>
    public required string Folder { get; init; }

    public UsageSync Sync { get; init; } = UsageSync.Always;

    public TimeSpan SyncInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Pause between two batches. A call that ends in it waits for that time at most, nothing beside what its model took, and shares the sync of the next
    /// batch: the ledger makes at most a thousand syncs a second, however many calls there are, and not one for every few of them.
    /// </summary>
    public TimeSpan GatherFor { get; init; } = TimeSpan.FromMilliseconds(1);

    public UsageFailure OnFailure { get; init; } = UsageFailure.Fail;

    /// <summary>A segment of this size is closed and the next one begun.</summary>
    public long SegmentBytesMax { get; init; } = 64L << 20;

    /// <summary>A segment is closed after this time, so that whole segments can be archived or deleted.</summary>
    public TimeSpan SegmentAgeMax { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Segments last written to before this time are deleted; null to keep them for ever.</summary>
    public TimeSpan? RetainFor { get; init; }

    /// <summary>The oldest segments are deleted while all of them are larger; null for no bound.</summary>
    public long? RetainBytesMax { get; init; }

    /// <summary>Bytes that may wait for the disk; a record that finds no room has failed.</summary>
    public int QueueBytesMax { get; init; } = 16 << 20;
}
