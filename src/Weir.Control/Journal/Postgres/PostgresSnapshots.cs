using System.Security.Cryptography;
using Npgsql;
using NpgsqlTypes;

namespace Weir.Control;

/// <summary>The tables of snapshots. Pieces come first; the row that makes them a snapshot comes last, with their sum.</summary>
sealed class PostgresSnapshots(NpgsqlDataSource source, Keyring? keys, int kept)
{
    /// <summary>Pieces that nobody finished are dropped after this time: whoever wrote them is gone.</summary>
    static readonly TimeSpan s_unfinishedKept = TimeSpan.FromHours(1);

    public async Task SaveAsync(JournalHead head, Func<Stream, CancellationToken, Task> write, CancellationToken cancellation)
    {
        var id = Guid.NewGuid();
        await using var pieces = new PieceWriter(source, id);
        if (keys is null) await write(pieces, cancellation);
        else
        {
            await using var sealing = new SealingStream(pieces, keys, head.Revision);
            await write(sealing, cancellation);
            sealing.Finish();
        }
        var (count, sum) = await pieces.FinishAsync(cancellation);
        await using var note = source.CreateCommand("""
            INSERT INTO weir_journal.snapshot (id, revision, hash, key, pieces, sum) VALUES ($1, $2, $3, $4, $5, $6)
            """);
        note.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        note.Parameters.Add(new NpgsqlParameter<long> { TypedValue = head.Revision });
        note.Parameters.Add(new NpgsqlParameter<ReadOnlyMemory<byte>> { TypedValue = head.Hash, NpgsqlDbType = NpgsqlDbType.Bytea });
        note.Parameters.Add(new NpgsqlParameter<long> { TypedValue = keys?.Newest ?? Keyring.NoKey });
        note.Parameters.Add(new NpgsqlParameter<int> { TypedValue = count });
        note.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = sum });
        await note.ExecuteNonQueryAsync(cancellation);
        await DropOldAsync(cancellation);
    }

    /// <summary>The newest snapshot that is whole and of this journal.</summary>
    /// <param name="until">The last revision that it may have.</param>
    /// <param name="onPassedOver">Told of one that cannot be used, and why.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<JournalSnapshot?> OpenNewestAsync(long until, Action<long, string> onPassedOver, CancellationToken cancellation)
    {
        foreach (var row in await ListAsync(cancellation))
        {
            if (row.Head.Revision > until) continue;
            if (!row.IsOfJournal) onPassedOver(row.Head.Revision, "it is of another journal: the hash of its revision is another one");
            else if (row.Key != Keyring.NoKey && keys is null) onPassedOver(row.Head.Revision, "there is no keyring, and it is sealed");
            else if (await IsWholeAsync(row, cancellation))
            {
                Stream content = new PieceReader(source, row.Id, row.Pieces);
                if (row.Key != Keyring.NoKey) content = new OpeningStream(content, keys!, row.Key, row.Head.Revision);
                return new JournalSnapshot(row.Head.Revision, row.Head.Hash, content);
            }
            else onPassedOver(row.Head.Revision, "its sum is wrong");
        }
        return null;
    }

    /// <summary>The revisions that there are snapshots of, in order.</summary>
    public async Task<IReadOnlyList<long>> RevisionsAsync(CancellationToken cancellation)
    {
        await using var command = source.CreateCommand("SELECT DISTINCT revision FROM weir_journal.snapshot ORDER BY revision");
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        List<long> found = [];
        while (await rows.ReadAsync(cancellation)) found.Add(rows.GetInt64(0));
        return found;
    }

    async Task<List<Row>> ListAsync(CancellationToken cancellation)
    {
        await using var command = source.CreateCommand("""
            SELECT s.id, s.revision, s.hash, s.key, s.pieces, s.sum, coalesce(r.hash = s.hash, false)
            FROM weir_journal.snapshot s LEFT JOIN weir_journal.record r USING (revision) ORDER BY s.revision DESC, s.written DESC
            """);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        List<Row> found = [];
        while (await rows.ReadAsync(cancellation))
        {
            var head = new JournalHead(rows.GetInt64(1), rows.GetFieldValue<byte[]>(2));
            found.Add(new Row(rows.GetGuid(0), head, (uint)rows.GetInt64(3), rows.GetInt32(4), rows.GetFieldValue<byte[]>(5), rows.GetBoolean(6)));
        }
        return found;
    }

    async Task<bool> IsWholeAsync(Row row, CancellationToken cancellation)
    {
        await using var pieces = new PieceReader(source, row.Id, row.Pieces);
        try
        {
            return (await SHA256.HashDataAsync(pieces, cancellation)).AsSpan().SequenceEqual(row.Sum);
        }
        catch (EndOfStreamException)
        {
            return false;
        }
    }

    async Task DropOldAsync(CancellationToken cancellation)
    {
        await using var command = source.CreateCommand("""
            WITH kept AS (SELECT id FROM weir_journal.snapshot ORDER BY revision DESC, written DESC LIMIT $1),
              dropped AS (DELETE FROM weir_journal.snapshot WHERE id NOT IN (SELECT id FROM kept) RETURNING id)
            DELETE FROM weir_journal.snapshot_piece p
            WHERE p.snapshot IN (SELECT id FROM dropped)
              OR (p.written < clock_timestamp() - $2 AND NOT EXISTS (SELECT FROM weir_journal.snapshot s WHERE s.id = p.snapshot))
            """);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = Math.Max(1, kept) });
        command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = s_unfinishedKept });
        await command.ExecuteNonQueryAsync(cancellation);
    }

    sealed record Row(Guid Id, JournalHead Head, uint Key, int Pieces, byte[] Sum, bool IsOfJournal);
}
