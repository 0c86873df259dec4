using Npgsql;

namespace Weir.Limits;

/// <summary>The tables and functions of the budgets, made by the first node that needs them.</summary>
static class PostgresSchema
{
    /// <summary>Of <c>budget.sql</c>. A database of a later version is left alone and not used.</summary>
    public const int Version = 1;

    // Any number that nothing else in the database locks.
    const long AdvisoryLock = 0x5765_6972_4c69_6d74;

    /// <summary>Makes the schema unless it is there.</summary>
    /// <exception cref="NpgsqlException">The server is away or refuses; also when the schema is of another version.</exception>
    public static async Task EnsureAsync(NpgsqlDataSource source, CancellationToken cancellation)
    {
        await using var connection = await source.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using (var locking = new NpgsqlCommand("SELECT pg_advisory_xact_lock($1)", connection) { Parameters = { new() { Value = AdvisoryLock } } })
            await locking.ExecuteNonQueryAsync(cancellation);
        var found = await FindVersionAsync(connection, cancellation);
        if (found is not (null or Version)) throw new NpgsqlException($"the schema weir_limits has version {found}, this program knows version {Version}");
        if (found is null)
        {
            await using var make = new NpgsqlCommand(EmbeddedText.Read("Budgets/Postgres/budget.sql"), connection);
            await make.ExecuteNonQueryAsync(cancellation);
        }
        await transaction.CommitAsync(cancellation);
    }

    static async Task<int?> FindVersionAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var exists = new NpgsqlCommand("SELECT to_regclass('weir_limits.version') IS NOT NULL", connection);
        if (await exists.ExecuteScalarAsync(cancellation) is not true) return null;
        await using var version = new NpgsqlCommand("SELECT max(version) FROM weir_limits.version", connection);
        return await version.ExecuteScalarAsync(cancellation) as int?;
    }
}
