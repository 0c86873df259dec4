using Npgsql;

namespace Weir.Limits.Tests;

public sealed class PostgresSharedBudgetTests(PostgresFixture fixture) : SharedBudgetContract, IClassFixture<PostgresFixture>
{
    private protected override Task<Node> StartNodeAsync(int number)
    {
        var name = $"node {number} {Guid.NewGuid()}";
        var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(fixture.Server.ConnectionString) { ApplicationName = name });
        var store = new PostgresBudgetStore(source, Time, TimeSpan.Zero);
        return Task.FromResult(new Node(store, CutAsync, StopAsync));

        // The server ends its sessions, in the middle of a transaction if there is one, until none comes back.
        async Task CutAsync()
        {
            store.Dispose();
            await source.DisposeAsync();
            await using var cut = fixture.Source.CreateCommand("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1");
            cut.Parameters.AddWithValue(name);
            await cut.ExecuteNonQueryAsync();
        }

        async Task StopAsync()
        {
            store.Dispose();
            await source.DisposeAsync();
        }
    }
}
