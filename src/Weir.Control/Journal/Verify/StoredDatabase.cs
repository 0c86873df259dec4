using System.Runtime.CompilerServices;
using Npgsql;

namespace Weir.Control;

/// <summary>A journal in PostgreSQL, read beside the nodes that write it.</summary>
sealed class StoredDatabase(NpgsqlDataSource source, Keyring? keys) : StoredJournal
{
    public override async IAsyncEnumerable<JournalRecord> ReadAsync(long after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var record in new PostgresRecords(source, keys).ReadAsync(after, cancellation)) yield return record;
    }

    public override async Task<IReadOnlyList<string>> RemarksAsync(JournalHead head, CancellationToken cancellation)
    {
        List<string> remarks = [];
        var snapshot = await new PostgresSnapshots(source, keys, 0).OpenNewestAsync(
            long.MaxValue, (revision, problem) => remarks.Add($"snapshot of revision {revision}: passed over, {problem}"), cancellation);
        if (snapshot is null) return remarks;
        await snapshot.Content.DisposeAsync();
        remarks.Add($"snapshot of revision {snapshot.Revision}: whole");
        return remarks;
    }

    public override ValueTask DisposeAsync() => source.DisposeAsync();
}
