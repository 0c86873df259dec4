using Microsoft.Extensions.Logging;
using Npgsql;
using Weir.Control;
using Weir.Gateway;
using Weir.Telemetry;

namespace Weir.Server;

/// <summary>The journal of this node's control plane: in a folder or a database, with the keyring that seals it, as the settings say.</summary>
sealed partial class JournalHome : IAsyncDisposable
{
    static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    readonly Keyring? _keys;
    NpgsqlDataSource? _source;

    JournalHome(Keyring? keys) => _keys = keys;

    public IJournal Journal { get; private set; } = null!;

    /// <summary>Signs checkpoints; null when the settings name no key.</summary>
    public CheckpointKey? Checkpoints { get; private set; }

    /// <summary>Opens the journal, or begins one. Waits for a database that is away, as long as the settings say.</summary>
    /// <exception cref="FormatException">A setting does not say where it is, or how it is sealed.</exception>
    /// <exception cref="IOException">It cannot be opened: it is damaged, in use, sealed with another key, away.</exception>
    public static async Task<JournalHome> OpenAsync(
        NodeSettings settings, MetricRegistry metrics, ILoggerFactory loggers, TimeProvider time, CancellationToken cancellation)
    {
        var log = loggers.CreateLogger("journal");
        var home = new JournalHome(KeysOf(settings));
        try
        {
            home.Journal = PostgresAddress.IsUri(settings.Data) ? await home.OpenDatabaseAsync(settings, metrics, time, log, cancellation)
                : FileJournal.Open(FolderOf(settings, home._keys), metrics, time, log);
            var key = settings.JournalSigningKey;
            if (key.Length == 0 && !PostgresAddress.IsUri(settings.Data)) key = Path.Combine(settings.Data, "checkpoint.key");
            if (key.Length > 0) home.Checkpoints = CheckpointKey.OpenFile(key);
            return home;
        }
        catch
        {
            await home.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Journal is not null) await Journal.DisposeAsync();
        if (_source is not null) await _source.DisposeAsync();
        _keys?.Dispose();
        Checkpoints?.Dispose();
    }

    /// <summary>The keyring that the settings name; null when they name none.</summary>
    /// <exception cref="FormatException">It cannot be read, or there are two.</exception>
    public static Keyring? KeysOf(NodeSettings settings)
    {
        if (settings.JournalKeyring.Length > 0 && settings.JournalKeys.Length > 0)
            throw new FormatException("journal_keyring and journal_keys: there is one keyring; set one of them");
        if (settings.JournalKeyring.Length > 0) return KeyringText.ReadFile(settings.JournalKeyring);
        return settings.JournalKeys.Length > 0 ? KeyringText.Read("journal_keys", settings.JournalKeys) : null;
    }

    static FileJournalSettings FolderOf(NodeSettings settings, Keyring? keys) => new()
    {
        Folder = settings.Data,
        Keys = keys,
        Sync = Enum.Parse<JournalSync>(settings.JournalSync, ignoreCase: true),
        SyncInterval = TimeSpan.FromMilliseconds(settings.JournalSyncIntervalMs),
        SnapshotsKept = settings.JournalSnapshotsKept,
    };

    async Task<PostgresJournal> OpenDatabaseAsync(
        NodeSettings settings, MetricRegistry metrics, TimeProvider time, ILogger log, CancellationToken cancellation)
    {
        _source = PostgresAddress.Open(settings.Data);
        var parts = new PostgresJournalSettings { Source = _source, Keys = _keys, SnapshotsKept = settings.JournalSnapshotsKept };
        var (started, patience, isWaiting) = (time.GetTimestamp(), TimeSpan.FromSeconds(settings.JournalWaitSeconds), false);
        while (true)
            try
            {
                return await PostgresJournal.OpenAsync(parts, metrics, time, log, cancellation);
            }
            catch (JournalAwayException away)
            {
                if (time.GetElapsedTime(started) + RetryAfter > patience)
                    throw new IOException($"{away.Message} (tried for {settings.JournalWaitSeconds} s, as journal_wait_seconds says)", away);
                if (!isWaiting) LogWaiting(log, settings.JournalWaitSeconds, away.Message);
                isWaiting = true;
                await Task.Delay(RetryAfter, time, cancellation);
            }
    }

    [LoggerMessage(10, LogLevel.Warning, "Waiting up to {Seconds} s for the journal's database: {Reason}")]
    static partial void LogWaiting(ILogger log, int seconds, string reason);
}
