using System.Security.Cryptography;

namespace Weir.Control;

/// <summary>
/// Writes a backup: every transaction, proved as it is read. The journal may be in use; what is appended meanwhile may be in the backup or not, and what is in
/// it is a beginning of the journal without a gap.
/// </summary>
static class BackupWriter
{
    /// <param name="journals">The journal; where older transactions are archived, the archives first, oldest first.</param>
    /// <param name="keys">Seals the backup; null where the journal is not sealed either.</param>
    /// <param name="into">The file.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="JournalBrokenException">The journal is damaged.</exception>
    /// <exception cref="JournalUnusableException">Transactions at its beginning are elsewhere.</exception>
    public static async Task<BackupSummary> WriteAsync(
        IReadOnlyList<StoredJournal> journals, Keyring? keys, Stream into, CancellationToken cancellation)
    {
        using var sum = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (head, records) = (JournalHead.None, 0L);
        await WriteAsync(BackupForm.WriteHead(keys?.Newest ?? Keyring.NoKey));
        foreach (var journal in journals)
        {
            if (journal.Start > head.Revision)
                throw new JournalUnusableException(
                    $"transactions {head.Revision + 1} to {journal.Start} are archived elsewhere; name the folder of the archive with --archive");
            await foreach (var record in journal.ReadAsync(Math.Max(journal.Start, head.Revision), cancellation))
            {
                if (record.Revision <= head.Revision) continue;
                if (JournalChain.Problem(head, record.Payload.Span) is { } problem)
                    throw new JournalBrokenException($"revision {record.Revision}: {problem}");
                await WriteAsync(FrameOf(record, keys));
                (head, records) = (new JournalHead(record.Revision, record.Hash), records + 1);
            }
        }
        var end = BackupForm.WriteEnd(records, head);
        sum.AppendData(end.AsSpan(0, BackupForm.EndSumAt));
        sum.GetHashAndReset().CopyTo(end.AsSpan(BackupForm.EndSumAt));
        await into.WriteAsync(end, cancellation);
        return new BackupSummary(records, head, keys is not null);

        async ValueTask WriteAsync(byte[] bytes)
        {
            sum.AppendData(bytes);
            await into.WriteAsync(bytes, cancellation);
        }
    }

    static byte[] FrameOf(JournalRecord record, Keyring? keys)
    {
        var payload = record.Payload.Span;
        var frame = new byte[FrameHeader.Bytes + (keys is null ? payload.Length : Keyring.SealedBytes(payload.Length))];
        var stored = frame.AsSpan(FrameHeader.Bytes);
        var key = keys?.Newest ?? Keyring.NoKey;
        if (keys is null) payload.CopyTo(stored);
        else
        {
            Span<byte> context = stackalloc byte[Keyring.ContextBytes];
            Keyring.WriteContext(context, record.Revision, key);
            keys.Seal(payload, context, stored);
        }
        FrameHeader.Write(frame, record.Revision, record.Revision, key, stored);
        return frame;
    }
}
