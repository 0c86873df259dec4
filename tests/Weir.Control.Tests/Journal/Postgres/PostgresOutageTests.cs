namespace Weir.Control.Tests;

/// <summary>The server is killed and started again while nodes append.</summary>
public sealed class PostgresOutageTests
{
    const int Nodes = 2;
    const int RecordsEach = 150;

    [Fact]
    public async Task Nothing_promised_is_lost_or_doubled_when_the_server_is_killed()
    {
        await using var box = new PostgresBox();
        await box.InitializeAsync();
        await using var source = box.Connect("postgres");
        var nodes = await Task.WhenAll(Enumerable.Range(0, Nodes).Select(_ => OpenAsync(source)));
        var appending = nodes.Select(static (node, number) => Task.Run(() => PostgresJournalTests.RaceAsync(node, number, RecordsEach))).ToArray();
        for (var kills = 1; kills <= 3; kills++)
        {
            // Somewhere in the middle of the work, not by the clock.
            await nodes[0].WaitAsync(kills * RecordsEach * Nodes / 5, TestContext.Current.CancellationToken);
            await box.Server.StopAsync();
            await box.Server.RunAsync();
        }
        var promised = await Task.WhenAll(appending);
        var all = await nodes[1].ReadAllAsync();
        JournalSamples.AssertSame(promised.SelectMany(static records => records).OrderBy(static record => record.Revision), all);
        Assert.Equal(Nodes * RecordsEach, all.Count);
        foreach (var node in nodes) await node.DisposeAsync();
    }

    [Fact]
    public async Task Followers_learn_what_was_appended_before_they_were_back()
    {
        await using var box = new PostgresBox();
        await box.InitializeAsync();
        await using var source = box.Connect("postgres");
        await using var one = await OpenAsync(source);
        await using var follower = await OpenAsync(source);
        await one.AppendAsync(1);
        await follower.WaitAsync(0, TestContext.Current.CancellationToken);
        await box.Server.StopAsync();
        await box.Server.RunAsync();
        await one.AppendAsync(3);
        await follower.WaitAsync(3, TestContext.Current.CancellationToken);
        Assert.Equal(4, follower.Head.Revision);
    }

    [Fact]
    public async Task An_append_fails_while_the_server_stays_away_and_works_again_later()
    {
        await using var box = new PostgresBox();
        await box.InitializeAsync();
        await using var source = box.Connect("postgres");
        await using var journal = await PostgresBox.OpenAsync(source, static settings => settings with { RetryFor = TimeSpan.FromMilliseconds(50) });
        await journal.AppendAsync(1);
        await box.Server.StopAsync();
        await Assert.ThrowsAsync<JournalAwayException>(() => journal.AppendAsync(1));
        await Assert.ThrowsAsync<JournalAwayException>(() => journal.ReadAllAsync());
        await Assert.ThrowsAsync<JournalAwayException>(() => journal.OpenSnapshotAsync(long.MaxValue, default));
        await box.Server.RunAsync();
        await journal.AppendAsync(1);
        Assert.Equal(2, journal.Head.Revision);
    }

    [Fact]
    public async Task A_server_that_is_away_is_said_when_opening()
    {
        await using var source = Npgsql.NpgsqlDataSource.Create("Host=/nowhere;Username=weir;Timeout=1");
        Assert.Contains("cannot be used", (await Assert.ThrowsAsync<JournalAwayException>(() => PostgresBox.OpenAsync(source))).Message);
    }

    static Task<PostgresJournal> OpenAsync(Npgsql.NpgsqlDataSource source) =>
        PostgresBox.OpenAsync(source, static settings => settings with { RetryFor = TimeSpan.FromSeconds(60) });
}
