using System.Text.Json.Serialization;

namespace Weir.Control;

/// <summary>When a transaction counts as written.</summary>
enum JournalSync
{
    /// <summary>When the disk has it: survives a loss of power.</summary>
    [JsonStringEnumMemberName("always")]
    Always,

    /// <summary>When the operating system has it: survives the end of the process, and the disk has it after the interval.</summary>
    [JsonStringEnumMemberName("interval")]
    Interval,

    /// <summary>When the operating system has it, which gives it to the disk when it likes.</summary>
    [JsonStringEnumMemberName("never")]
    Never,
}

/// <summary>Where and how a journal is kept in files.</summary>
sealed record FileJournalSettings
{
    /// <summary>Folder of the journal; made when it is missing.</summary>
    public required string Folder { get; init; }

    public JournalSync Sync { get; init; } = JournalSync.Always;

    public TimeSpan SyncInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A segment of this size is closed and the next one begun.</summary>
    public long SegmentBytesMax { get; init; } = 64L << 20;

    /// <summary>Bytes of payload that may wait for the disk; what finds no room has failed.</summary>
    public long QueueBytesMax { get; init; } = 256L << 20;

    /// <summary>Snapshots that are kept, the newest.</summary>
    public int SnapshotsKept { get; init; } = 2;

    /// <summary>Seals payloads and snapshots; null to keep them as they are.</summary>
    public Keyring? Keys { get; init; }
}
