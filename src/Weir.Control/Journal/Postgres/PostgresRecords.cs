using System.Data;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Npgsql;
using NpgsqlTypes;

namespace Weir.Control;

/// <summary>The table of records.</summary>
sealed class PostgresRecords(NpgsqlDataSource source, Keyring? keys)
{
    /// <summary>Records fetched at once: no connection is held while the reader works on them. Fewer at first: many a reader wants one.</summary>
    const int PageRecords = 256;

    const int FirstPageRecords = 4;

    const string Table = "weir_journal.record";

    public async Task<JournalHead> HeadAsync(CancellationToken cancellation)
    {
        await using var connection = await source.OpenConnectionAsync(cancellation);
        return await HeadAsync(connection, cancellation);
    }

    public static async Task<JournalHead> HeadAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT revision, hash FROM weir_journal.record ORDER BY revision DESC LIMIT 1", connection);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        return await rows.ReadAsync(cancellation) ? new JournalHead(rows.GetInt64(0), rows.GetFieldValue<byte[]>(1)) : JournalHead.None;
    }

    /// <summary>
    /// Appends records that follow one another, in one transaction. True when all are there; false when another node was faster and none is.
    /// </summary>
    /// <exception cref="NpgsqlException">The server is away; whether the records are there is known when they are appended again.</exception>
    public async Task<bool> AppendAsync(JournalHead previous, IReadOnlyList<JournalRecord> records, CancellationToken cancellation)
    {
        await using var connection = await source.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellation);
        await using var batch = new NpgsqlBatch(connection, transaction);
        foreach (var record in records)
        {
            batch.BatchCommands.Add(CommandFor(previous, record));
            previous = new JournalHead(record.Revision, record.Hash);
        }
        var isThere = true;
        await using (var rows = await batch.ExecuteReaderAsync(cancellation))
            do
            {
                while (await rows.ReadAsync(cancellation)) isThere &= rows.GetBoolean(0);
            }
            while (await rows.NextResultAsync(cancellation));
        if (isThere) await transaction.CommitAsync(cancellation);
        return isThere;
    }

    /// <summary>Records after a revision, each proved: its hash, its seal, its place in the chain.</summary>
    /// <exception cref="JournalBrokenException">A record is damaged, missing or not in the chain.</exception>
    public async IAsyncEnumerable<JournalRecord> ReadAsync(long after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var head = after == 0 ? JournalHead.None : await StartAsync(after, cancellation);
        for (var wanted = FirstPageRecords; ; wanted = Math.Min(PageRecords, wanted * 4))
        {
            var page = await PageAsync(head.Revision, wanted, cancellation);
            foreach (var row in page)
            {
                var record = Prove(head, row);
                head = new JournalHead(record.Revision, record.Hash);
                yield return record;
            }
            if (page.Count < wanted) yield break;
        }
    }

    /// <summary>Reads one record and proves it.</summary>
    public async Task ProveAsync(long revision, CancellationToken cancellation)
    {
        await foreach (var record in ReadAsync(revision - 1, cancellation))
            if (record.Revision == revision)
                return;
    }

    NpgsqlBatchCommand CommandFor(JournalHead previous, JournalRecord record)
    {
        var key = keys?.Newest ?? Keyring.NoKey;
        var payload = record.Payload;
        if (keys is not null)
        {
            var bytes = new byte[Keyring.SealedBytes(payload.Length)];
            keys.Seal(payload.Span, ContextOf(record.Revision, key), bytes);
            payload = bytes;
        }
        return new NpgsqlBatchCommand("SELECT weir_journal.append($1, $2, $3, $4, $5)")
        {
            Parameters =
            {
                new NpgsqlParameter<long> { TypedValue = record.Revision },
                new NpgsqlParameter<ReadOnlyMemory<byte>> { TypedValue = previous.Hash, NpgsqlDbType = NpgsqlDbType.Bytea },
                new NpgsqlParameter<ReadOnlyMemory<byte>> { TypedValue = record.Hash, NpgsqlDbType = NpgsqlDbType.Bytea },
                new NpgsqlParameter<long> { TypedValue = key },
                new NpgsqlParameter<ReadOnlyMemory<byte>> { TypedValue = payload, NpgsqlDbType = NpgsqlDbType.Bytea },
            },
        };
    }

    async Task<JournalHead> StartAsync(long revision, CancellationToken cancellation)
    {
        await using var command = source.CreateCommand("SELECT hash FROM weir_journal.record WHERE revision = $1");
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = revision });
        return await command.ExecuteScalarAsync(cancellation) is byte[] hash ? new JournalHead(revision, hash)
            // Nothing to read unless there are later ones, and then this one is missing.
            : new JournalHead(revision, default);
    }

    async Task<List<Row>> PageAsync(long after, int wanted, CancellationToken cancellation)
    {
        await using var command = source.CreateCommand("""
            SELECT revision, hash, key, payload FROM weir_journal.record WHERE revision > $1 ORDER BY revision LIMIT $2
            """);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = after });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = wanted });
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        List<Row> page = [];
        while (await rows.ReadAsync(cancellation))
            page.Add(new Row(rows.GetInt64(0), rows.GetFieldValue<byte[]>(1), (uint)rows.GetInt64(2), rows.GetFieldValue<byte[]>(3)));
        return page;
    }

    JournalRecord Prove(JournalHead head, Row row)
    {
        var place = new JournalPlace(Table, -1, row.Revision);
        if (head.Hash.IsEmpty) throw new JournalBrokenException(place with { Revision = head.Revision }, "the record is missing");
        if (row.Revision != head.Revision + 1)
            throw new JournalBrokenException(place with { Revision = head.Revision + 1 }, $"the record is missing; the next one is revision {row.Revision}");
        var payload = Keyring.Open(keys, row.Key, row.Payload, ContextOf(row.Revision, row.Key))
            ?? throw new JournalBrokenException(place, $"the record cannot be opened with key {row.Key}: the key is another one, or the record was changed");
        if (!SHA256.HashData(payload).AsSpan().SequenceEqual(row.Hash)) throw new JournalBrokenException(place, "the payload is not the one that was hashed");
        if (JournalChain.Problem(head, payload) is { } problem) throw new JournalBrokenException(place, problem);
        return new JournalRecord(row.Revision, payload, row.Hash);
    }

    static byte[] ContextOf(long revision, uint key)
    {
        var context = new byte[Keyring.ContextBytes];
        Keyring.WriteContext(context, revision, key);
        return context;
    }

    sealed record Row(long Revision, byte[] Hash, uint Key, byte[] Payload);
}
