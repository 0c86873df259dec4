using Npgsql;

namespace Weir.Control.Tests;

public sealed class PostgresMigrationTests(PostgresBox box) : IClassFixture<PostgresBox>
{
    static readonly PostgresMigration s_next = new(PostgresMigrations.All.Count + 1, "ALTER TABLE weir_journal.record ADD COLUMN note text");

    [Fact]
    public void Steps_are_numbered_from_one() =>
        Assert.Equal(Enumerable.Range(1, PostgresMigrations.All.Count), PostgresMigrations.All.Select(static step => step.Version));

    [Fact]
    public async Task Nodes_that_start_together_make_the_schema_once()
    {
        await using var source = await box.DatabaseAsync();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => MigrateAsync(source, PostgresMigrations.All)));
        await PostgresMigrations.CheckAsync(source, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_newer_program_takes_the_steps_that_are_missing()
    {
        await using var source = await box.DatabaseAsync();
        await using (var journal = await PostgresBox.OpenAsync(source)) await journal.AppendAsync(2);
        await MigrateAsync(source, [.. PostgresMigrations.All, s_next]);
        await using var find = source.CreateCommand("SELECT count(note) + count(*) FROM weir_journal.record");
        Assert.Equal(2L, await find.ExecuteScalarAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task An_older_program_leaves_a_newer_schema_alone()
    {
        await using var source = await box.DatabaseAsync();
        await MigrateAsync(source, [.. PostgresMigrations.All, s_next]);
        Assert.Contains("use a newer Weir", (await Assert.ThrowsAsync<JournalUnusableException>(() => PostgresBox.OpenAsync(source))).Message);
        await Assert.ThrowsAsync<JournalUnusableException>(() => PostgresMigrations.CheckAsync(source, default));
    }

    [Fact]
    public async Task A_step_that_was_another_one_is_found_out()
    {
        await using var source = await box.DatabaseAsync();
        await MigrateAsync(source, PostgresMigrations.All);
        await PostgresBox.RunAsync(source, "UPDATE weir_journal.schema_version SET hash = 'other'");
        Assert.Contains("step 1", (await Assert.ThrowsAsync<JournalUnusableException>(() => PostgresBox.OpenAsync(source))).Message);
    }

    [Fact]
    public async Task A_step_that_fails_leaves_the_schema_as_it_was()
    {
        await using var source = await box.DatabaseAsync();
        await MigrateAsync(source, PostgresMigrations.All);
        var broken = new PostgresMigration(s_next.Version + 1, "nonsense");
        await Assert.ThrowsAsync<PostgresException>(() => MigrateAsync(source, [.. PostgresMigrations.All, s_next, broken]));
        await PostgresMigrations.CheckAsync(source, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_database_without_a_journal_is_said_when_reading()
    {
        await using var source = await box.DatabaseAsync();
        Assert.Contains("holds no journal", (await Assert.ThrowsAsync<JournalUnusableException>(() => PostgresMigrations.CheckAsync(source, default))).Message);
    }

    static Task MigrateAsync(NpgsqlDataSource source, IReadOnlyList<PostgresMigration> steps) =>
        PostgresMigrations.MigrateAsync(source, steps, TestContext.Current.CancellationToken);
}
