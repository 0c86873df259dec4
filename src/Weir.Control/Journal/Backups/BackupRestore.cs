using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Weir.Telemetry;

namespace Weir.Control;

/// <summary>
/// Makes a journal of a backup, in a folder or a database. The backup is proved before anything is touched, and the journal after. A journal that is there is
/// put aside, never overwritten.
/// </summary>
sealed class BackupRestore(string backup, string place, Keyring? keys, TimeProvider time)
{
    /// <summary>Where the journal that was there is kept now; null when there was none.</summary>
    public string? PutAside { get; private set; }

    /// <param name="mayReplace">Whether a journal that is there gives way.</param>
    /// <param name="cancellation">Gives up; what is there by then stays, and is a beginning of the backup.</param>
    /// <exception cref="FormatException">The backup is not whole.</exception>
    /// <exception cref="JournalUnusableException">There is a journal, or somebody uses it.</exception>
    public async Task<BackupSummary> RunAsync(bool mayReplace, CancellationToken cancellation)
    {
        var reader = new BackupReader(backup, keys);
        var summary = await reader.VerifyAsync(cancellation);
        if (PostgresAddress.IsUri(place))
        {
            await using var source = PostgresAddress.Open(place);
            await MakeRoomAsync(source, mayReplace, cancellation);
            await using var journal = await PostgresJournal.OpenAsync(
                new PostgresJournalSettings { Source = source, Keys = keys }, new MetricRegistry(), time, NullLogger.Instance, cancellation);
            await JournalImport.RunAsync(journal, reader.ReadAsync(cancellation), cancellation);
        }
        else
        {
            MakeRoom(mayReplace);
            await using var journal = FileJournal.Open(
                new FileJournalSettings { Folder = place, Keys = keys, Sync = JournalSync.Never }, new MetricRegistry(), time, NullLogger.Instance);
            await JournalImport.RunAsync(journal, reader.ReadAsync(cancellation), cancellation);
        }
        await ProveAsync(summary, cancellation);
        return summary;
    }

    async Task ProveAsync(BackupSummary summary, CancellationToken cancellation)
    {
        if (summary.Records == 0) return;
        await using var stored = await StoredJournal.OpenAsync(place, keys, cancellation);
        var verdict = await JournalVerdict.OfAsync(stored, [], cancellation);
        if (verdict.Problem is { } problem) throw new JournalBrokenException("the restored journal is not whole: " + problem);
        if (verdict.Head.HashText != summary.Head.HashText || verdict.Records != summary.Records)
            throw new JournalBrokenException($"the restored journal ends with revision {verdict.Head.Revision}: something else was written to it");
    }

    void MakeRoom(bool mayReplace)
    {
        if (JournalFolder.Segments(place).Count == 0) return;
        if (!mayReplace) throw ThereIs(place);
        PutAside = $"{Path.TrimEndingDirectorySeparator(Path.GetFullPath(place))}.before-{Stamp()}";
        // Whoever has the journal open would go on writing to it there.
        using (FolderLock.Take(place)) { }
        Directory.Move(place, PutAside);
    }

    async Task MakeRoomAsync(NpgsqlDataSource source, bool mayReplace, CancellationToken cancellation)
    {
        try
        {
            if (!await HasRecordsAsync(source, cancellation)) return;
            if (!mayReplace) throw ThereIs("the database");
            PutAside = $"weir_journal_before_{Stamp()}";
            await using var rename = source.CreateCommand($"ALTER SCHEMA weir_journal RENAME TO {PutAside}");
            await rename.ExecuteNonQueryAsync(cancellation);
        }
        catch (NpgsqlException away)
        {
            throw PostgresFaults.Of(away);
        }
    }

    static async Task<bool> HasRecordsAsync(NpgsqlDataSource source, CancellationToken cancellation)
    {
        await using var table = source.CreateCommand($"SELECT to_regclass('weir_journal.record') IS NOT NULL");
        if (await table.ExecuteScalarAsync(cancellation) is not true) return false;
        await using var records = source.CreateCommand($"SELECT EXISTS (SELECT FROM weir_journal.record)");
        return await records.ExecuteScalarAsync(cancellation) is true;
    }

    string Stamp() => time.GetUtcNow().ToString("yyyyMMddTHHmmss", CultureInfo.InvariantCulture).ToLowerInvariant();

    static JournalUnusableException ThereIs(string where) =>
        new($"there is a journal in {where} already; with --replace it is put aside, and the backup takes its place");
}
