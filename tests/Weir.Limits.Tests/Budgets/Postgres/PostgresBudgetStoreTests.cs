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
    static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);
    static readonly BudgetRule Rule = new("org", BudgetWindow.Lifetime, 10);
    static readonly BudgetRule Soft = new("soft", BudgetWindow.Lifetime, 10, isHard: false);

    protected override int ModelRuns => 60;

    private protected override async Task<IBudgetStore> NewStoreAsync()
    {
        var store = new PostgresBudgetStore(fixture.Source, Time, TimeSpan.Zero);
        await store.ReserveAsync(Guid.NewGuid(), ReadOnlyMemory<BudgetLine>.Empty, default, TimeSpan.Zero, Memory<LineUse>.Empty, default);
        await using var empty = fixture.Source.CreateCommand("TRUNCATE weir_limits.account, weir_limits.hold, weir_limits.reservation");
        await empty.ExecuteNonQueryAsync();
        return store;
    }

    [Fact]
    public async Task A_node_whose_clock_is_off_is_told_so_and_counts_nothing()
    {
        var faults = new List<string>();
        using var store = new PostgresBudgetStore(fixture.Source, Time, TimeSpan.FromSeconds(10), faults.Add);
        var (lines, uses) = (new[] { Rule.Line("o", 1) }, new LineUse[1]);
        Assert.Equal(ReserveOutcome.Unavailable, (await store.ReserveAsync(Guid.NewGuid(), lines, default, Lease, uses, default)).Outcome);
        Assert.Contains("ms off the clock of PostgreSQL", Assert.Single(faults), StringComparison.Ordinal);
        using var right = new PostgresBudgetStore(fixture.Source, TimeProvider.System, TimeSpan.FromSeconds(10));
        Assert.True((await right.ReserveAsync(Guid.NewGuid(), lines, default, Lease, uses, default)).IsGranted);
        Assert.Equal(1, uses[0].Reserved);
    }

    [Fact]
    public async Task What_says_nothing_any_more_is_dropped()
    {
        var (store, uses) = ((PostgresBudgetStore)Store, new LineUse[1]);
        var day = new BudgetRule("day", BudgetWindow.Calendar(CalendarUnit.Day), 10);
        for (var i = 0; i < 5; i++) await store.ReserveAsync(Guid.NewGuid(), new[] { day.Line($"{i}", 1) }, default, Lease, uses, default);
        await store.ReserveAsync(Guid.NewGuid(), new[] { Rule.Line("o", 1) }, default, Lease, uses, default);
        Assert.Equal((6, 6, 6), await CountAsync());
        Time.Advance(TimeSpan.FromSeconds(50));
        Assert.Equal(0, await store.SweepAsync());
        Time.Advance(TimeSpan.FromDays(1.5));
        await RedisClientTests.UntilAsync(async () =>
        {
            await store.SweepAsync();
            return await CountAsync() == (1, 1, 0);
        });
    }

    [Fact]
    public async Task A_schema_of_another_version_is_left_alone()
    {
        await SetVersionAsync(99);
        try
        {
            var faults = new List<string>();
            using var store = new PostgresBudgetStore(fixture.Source, Time, TimeSpan.Zero, faults.Add);
            var result = await store.ReserveAsync(Guid.NewGuid(), new[] { Rule.Line("o", 1) }, default, Lease, new LineUse[1], default);
            Assert.Equal(ReserveOutcome.Unavailable, result.Outcome);
            Assert.Contains("has version 99", Assert.Single(faults), StringComparison.Ordinal);
        }
        finally
        {
            await SetVersionAsync(PostgresSchema.Version);
        }
    }

    [Fact]
    public async Task Without_a_server_answers_at_once_and_comes_back_with_it()
    {
        await using var server = await PostgresServer.StartAsync();
        await using var source = server.Connect();
        var time = new ManualTime();
        using var store = new PostgresBudgetStore(source, time, TimeSpan.Zero);
        Assert.Equal(ReserveOutcome.Granted, await TryAsync());
        await server.StopAsync();
        Assert.Equal(ReserveOutcome.Unavailable, await TryAsync());
        var started = TimeProvider.System.GetTimestamp();
        for (var i = 0; i < 10_000; i++) Assert.Equal(ReserveOutcome.Unavailable, await TryAsync());
        Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(2), "answers waited for a server that is away");
        await server.RunAsync();
        Assert.Equal(ReserveOutcome.Unavailable, await TryAsync());
        await RedisClientTests.UntilAsync(async () =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return await TryAsync() == ReserveOutcome.Granted;
        });

        async Task<ReserveOutcome> TryAsync() =>
            (await store.ReserveAsync(Guid.NewGuid(), new[] { Soft.Line("o", 1) }, default, Lease, new LineUse[1], default)).Outcome;
    }

    async Task<(long Accounts, long Holds, long Reservations)> CountAsync()
    {
        await using var count = fixture.Source.CreateCommand(
            "SELECT (SELECT count(*) FROM weir_limits.account), (SELECT count(*) FROM weir_limits.hold), (SELECT count(*) FROM weir_limits.reservation)");
        await using var row = await count.ExecuteReaderAsync();
        await row.ReadAsync();
        return (row.GetInt64(0), row.GetInt64(1), row.GetInt64(2));
    }

    async Task SetVersionAsync(int version)
    {
        await using var set = fixture.Source.CreateCommand("UPDATE weir_limits.version SET version = $1");
        set.Parameters.AddWithValue(version);
        await set.ExecuteNonQueryAsync();
    }
}
