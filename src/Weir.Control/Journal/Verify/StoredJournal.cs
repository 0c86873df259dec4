using Npgsql;

namespace Weir.Control;

/// <summary>A journal that is only read: it may be in use, and nothing in it is changed.</summary>
abstract class StoredJournal : IAsyncDisposable
{
    /// <summary>The revision that the records here follow: 0 unless older ones are archived elsewhere.</summary>
    public virtual long Start => 0;

    /// <summary>Opens the journal at a place: a folder, or the address of a database.</summary>
    /// <exception cref="FormatException">The place is neither.</exception>
    /// <exception cref="JournalUnusableException">There is no journal, or another version made it.</exception>
    public static async Task<StoredJournal> OpenAsync(string place, Keyring? keys, CancellationToken cancellation)
    {
        if (!PostgresAddress.IsUri(place))
            return JournalFolder.Segments(place).Count > 0 ? new StoredFolder(place, keys)
                : throw new JournalUnusableException($"there is no journal in '{place}'");
        var source = PostgresAddress.Open(place);
        try
        {
            await PostgresMigrations.CheckAsync(source, cancellation);
            return new StoredDatabase(source, keys);
        }
        catch (Exception unusable)
        {
            await source.DisposeAsync();
            if (unusable is NpgsqlException away) throw new JournalUnusableException("the database cannot be reached: " + away.Message, away);
            throw;
        }
    }

    /// <summary>Proved records after a revision.</summary>
    public abstract IAsyncEnumerable<JournalRecord> ReadAsync(long after, CancellationToken cancellation);

    /// <summary>What else there is to say, once everything was read.</summary>
    public abstract Task<IReadOnlyList<string>> RemarksAsync(JournalHead head, CancellationToken cancellation);

    public abstract ValueTask DisposeAsync();
}
