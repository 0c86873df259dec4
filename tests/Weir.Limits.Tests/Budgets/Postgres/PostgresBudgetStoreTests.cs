using Npgsql;

namespace Weir.Limits.Tests;

/// <summary>One server for the tests of a class.</summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    internal PostgresServer Server { get; private set; } = null!;

    internal NpgsqlDataSource Source { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Server = await PostgresServer.StartAsync();
        Source = Server.Connect();
    }

    public async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync();
        await Server.DisposeAsync();
    }
}

public sealed class PostgresBudgetStoreTests(PostgresFixture fixture) : BudgetStoreContract, IClassFixture<PostgresFixture>
{
    protected override int ModelRuns => 60;

    private protected override async Task<IBudgetStore> NewStoreAsync()
    {
        var store = new PostgresBudgetStore(fixture.Source, Time, TimeSpan.Zero);
        await store.ReserveAsync(Guid.NewGuid(), ReadOnlyMemory<BudgetLine>.Empty, default, TimeSpan.Zero, Memory<LineUse>.Empty, default);
        await using var empty = fixture.Source.CreateCommand("TRUNCATE weir_limits.account, weir_limits.hold, weir_limits.reservation");
        await empty.ExecuteNonQueryAsync();
        return store;
    }
}
