using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Weir.Telemetry;

namespace Weir.Control.Tests;

/// <summary>A PostgreSQL server for the tests of a class; each test has a database of its own.</summary>
public sealed class PostgresBox : IAsyncLifetime
{
    int _databases;

    internal PostgresServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await PostgresServer.StartAsync();

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    internal async Task<NpgsqlDataSource> DatabaseAsync()
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"journal{Interlocked.Increment(ref _databases)}");
        await using var server = Server.Connect();
        await using var create = server.CreateCommand($"CREATE DATABASE {name}");
        await create.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        return Connect(name);
    }

    internal NpgsqlDataSource Connect(string database) =>
        NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(Server.ConnectionString) { Database = database, CommandTimeout = 5 });

    internal static Task<PostgresJournal> OpenAsync(NpgsqlDataSource source, Func<PostgresJournalSettings, PostgresJournalSettings>? with = null)
    {
        var settings = new PostgresJournalSettings { Source = source, RetryAfter = TimeSpan.FromMilliseconds(20) };
        return PostgresJournal.OpenAsync(
            with is null ? settings : with(settings), new MetricRegistry(), TimeProvider.System, NullLogger.Instance, TestContext.Current.CancellationToken);
    }

    internal static async Task RunAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }
}
