using Npgsql;

namespace Weir.Control;

/// <summary>Where and how a journal is kept in PostgreSQL.</summary>
sealed record PostgresJournalSettings
{
    /// <summary>The database; disposed by its maker. Short connect and command time-outs are advised.</summary>
    public required NpgsqlDataSource Source { get; init; }

    /// <summary>Seals payloads and snapshots; null to keep them as they are.</summary>
    public Keyring? Keys { get; init; }

    /// <summary>How often the head is looked up where no notification comes: the listening connection may be dead, or behind a pooler that has none.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long an append is tried again while the server is away.</summary>
    public TimeSpan RetryFor { get; init; } = TimeSpan.FromSeconds(10);

    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Records that may wait for the server.</summary>
    public int QueueRecordsMax { get; init; } = 1000;

    /// <summary>Snapshots that are kept, the newest.</summary>
    public int SnapshotsKept { get; init; } = 2;
}
