using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace Weir.Control;

/// <summary>One step of the schema.</summary>
/// <param name="Version">The schema's version after it.</param>
/// <param name="Sql">What it does.</param>
sealed record PostgresMigration(int Version, string Sql)
{
    /// <summary>SHA-256 of what it does, in hexadecimal digits.</summary>
    public string Hash { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql)));
}

/// <summary>
/// The tables of the journal. The first node that needs them makes them; a newer program takes the steps that are missing; an older one leaves a newer schema
/// alone. What was done is kept with its hash, so that a schema that another program made under the same number is found out.
/// </summary>
static class PostgresMigrations
{
    const string Prefix = "Journal/";
    const string Schema = "the schema weir_journal";

    // Any number that nothing else in the database locks.
    const long AdvisoryLock = 0x5765_6972_4a72_6e6c;

    /// <summary>All steps, in order.</summary>
    public static IReadOnlyList<PostgresMigration> All { get; } = ReadAll();

    /// <summary>Takes the steps that are missing.</summary>
    /// <exception cref="JournalUnusableException">The schema is newer than this program, or not the one that its version says.</exception>
    /// <exception cref="NpgsqlException">The server is away or refuses.</exception>
    public static async Task MigrateAsync(NpgsqlDataSource source, IReadOnlyList<PostgresMigration> all, CancellationToken cancellation)
    {
        await using var connection = await source.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using (var locking = new NpgsqlCommand("SELECT pg_advisory_xact_lock($1)", connection) { Parameters = { new() { Value = AdvisoryLock } } })
            await locking.ExecuteNonQueryAsync(cancellation);
        var done = await DoneAsync(connection, cancellation);
        if (done is null) await RunAsync(connection, """
            CREATE SCHEMA IF NOT EXISTS weir_journal;
            CREATE TABLE weir_journal.schema_version (
              version int PRIMARY KEY, hash text NOT NULL, applied timestamptz NOT NULL DEFAULT clock_timestamp());
            """, cancellation);
        Check(done ?? [], all);
        foreach (var step in all.Skip(done?.Count ?? 0))
        {
            await RunAsync(connection, step.Sql, cancellation);
            await using var note = new NpgsqlCommand("INSERT INTO weir_journal.schema_version (version, hash) VALUES ($1, $2)", connection)
            {
                Parameters = { new() { Value = step.Version }, new() { Value = step.Hash } },
            };
            await note.ExecuteNonQueryAsync(cancellation);
        }
        await transaction.CommitAsync(cancellation);
    }

    /// <summary>Whether the schema is there and is the one this program knows; changes nothing.</summary>
    /// <exception cref="JournalUnusableException">It is not.</exception>
    public static async Task CheckAsync(NpgsqlDataSource source, CancellationToken cancellation)
    {
        await using var connection = await source.OpenConnectionAsync(cancellation);
        var done = await DoneAsync(connection, cancellation)
            ?? throw new JournalUnusableException("the database holds no journal: there is no schema weir_journal");
        Check(done, All);
        if (done.Count < All.Count)
            throw new JournalUnusableException($"{Schema} has version {done.Count}, this program knows version {All.Count}: start the server once");
    }

    static void Check(List<(int Version, string Hash)> done, IReadOnlyList<PostgresMigration> all)
    {
        if (done.Count > all.Count)
            throw new JournalUnusableException($"{Schema} has version {done[^1].Version}, this program knows version {all.Count}: use a newer Weir");
        for (var i = 0; i < done.Count; i++)
            if (done[i].Version != all[i].Version || done[i].Hash != all[i].Hash)
                throw new JournalUnusableException($"step {done[i].Version} of {Schema} is another one than this program's: another Weir made it");
    }

    static async Task<List<(int Version, string Hash)>?> DoneAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var exists = new NpgsqlCommand("SELECT to_regclass('weir_journal.schema_version') IS NOT NULL", connection);
        if (await exists.ExecuteScalarAsync(cancellation) is not true) return null;
        await using var read = new NpgsqlCommand("SELECT version, hash FROM weir_journal.schema_version ORDER BY version", connection);
        await using var rows = await read.ExecuteReaderAsync(cancellation);
        List<(int, string)> done = [];
        while (await rows.ReadAsync(cancellation)) done.Add((rows.GetInt32(0), rows.GetString(1)));
        return done;
    }

    static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    static List<PostgresMigration> ReadAll()
    {
        var assembly = typeof(PostgresMigrations).Assembly;
        List<PostgresMigration> all = [];
        foreach (var name in assembly.GetManifestResourceNames().Where(static name => name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            var version = int.Parse(name.AsSpan(Prefix.Length, name.IndexOf('-') - Prefix.Length), CultureInfo.InvariantCulture);
            all.Add(new PostgresMigration(version, reader.ReadToEnd()));
        }
        return [.. all.OrderBy(static step => step.Version)];
    }
}
