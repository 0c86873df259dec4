namespace Weir.Control;

/// <summary>When the state is written beside the journal, so that a start does not read everything.</summary>
sealed record SnapshotSettings
{
    public static SnapshotSettings Default { get; } = new();

    /// <summary>Transactions since the last snapshot after which the next one is due.</summary>
    public long TransactionsMax { get; init; } = 10_000;

    /// <summary>Bytes of transactions since the last snapshot after which the next one is due.</summary>
    public long BytesMax { get; init; } = 64L << 20;

    /// <summary>
    /// The share of a snapshot's own bytes that has to be new before the next one is written: a large state is not written again for a few small changes.
    /// </summary>
    public double GrowthMin { get; init; } = 0.1;

    /// <summary>After one that could not be written the next try waits.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromMinutes(1);
}
