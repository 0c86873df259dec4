namespace Weir.Limits;

/// <summary>What one reservation holds of one line. Guarded by the lock of the line's shard.</summary>
sealed class Hold
{
    /// <summary>Place in the heap of its line; -1 when the line holds nothing for it.</summary>
    public int HeapIndex { get; set; } = -1;

    public CounterKey Key { get; set; }

    /// <summary>Units reserved, also after the lease has run out.</summary>
    public long Amount { get; set; }

    public long ExpiresMs { get; set; }

    public bool IsHeld => HeapIndex >= 0;
}
