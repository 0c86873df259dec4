namespace Weir.Control.Tests;

public sealed class PostgresJournalTests(PostgresBox box) : IClassFixture<PostgresBox>
{
    static readonly Keyring s_keys = new(new Dictionary<uint, byte[]> { [1] = new byte[32] });

    [Fact]
    public async Task What_was_appended_is_read_by_every_node()
    {
        await using var source = await box.DatabaseAsync();
        await using var one = await PostgresBox.OpenAsync(source);
        await using var other = await PostgresBox.OpenAsync(source);
        Assert.Equal(0, one.Head.Revision);
        var records = await one.AppendAsync(600);
        JournalSamples.AssertSame(records, await other.ReadAllAsync());
        JournalSamples.AssertSame(records.Skip(590), await other.ReadAllAsync(590));
        Assert.Empty(await other.ReadAllAsync(600));
        Assert.Equal(600, other.Head.Revision);
    }

    [Fact]
    public async Task A_revision_that_another_node_took_is_not_appended()
    {
        await using var source = await box.DatabaseAsync();
        await using var one = await PostgresBox.OpenAsync(source);
        await using var other = await PostgresBox.OpenAsync(source);
        var taken = JournalSamples.Next(JournalHead.None, "one");
        Assert.True(await one.AppendAsync(taken, TestContext.Current.CancellationToken));
        var mine = JournalSamples.Next(JournalHead.None, "other");
        var behind = JournalSamples.Next(JournalSamples.HeadOf(mine), "behind");
        Assert.All(await Task.WhenAll(other.AppendAsync(mine, default), other.AppendAsync(behind, default)), Assert.False);
        // The revision fits, the chain does not: it was judged on a state that never was.
        Assert.False(await other.AppendAsync(behind, TestContext.Current.CancellationToken));
        JournalSamples.AssertSame([taken], await other.ReadAllAsync());
        Assert.True(await other.AppendAsync(JournalSamples.Next(JournalSamples.HeadOf(taken)), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_call_that_is_made_again_finds_its_own_record()
    {
        await using var source = await box.DatabaseAsync();
        await using var journal = await PostgresBox.OpenAsync(source);
        var record = JournalSamples.Next(JournalHead.None);
        Assert.True(await journal.AppendAsync(record, TestContext.Current.CancellationToken));
        Assert.True(await journal.AppendAsync(record, TestContext.Current.CancellationToken));
        Assert.Single(await journal.ReadAllAsync());
    }

    [Fact]
    public async Task Nodes_that_race_make_one_line()
    {
        await using var source = await box.DatabaseAsync();
        var nodes = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => PostgresBox.OpenAsync(source)));
        var promised = await Task.WhenAll(nodes.Select((node, number) => Task.Run(() => RaceAsync(node, number, 60))));
        var all = await nodes[0].ReadAllAsync();
        Assert.Equal(180, all.Count);
        // What each was promised is there, in its order, and nothing else is.
        JournalSamples.AssertSame(promised.SelectMany(static records => records).OrderBy(static record => record.Revision), all);
        foreach (var node in nodes) await node.DisposeAsync();
    }

    [Fact]
    public async Task Waiting_ends_with_a_record_of_another_node()
    {
        await using var source = await box.DatabaseAsync();
        await using var one = await PostgresBox.OpenAsync(source);
        // Polling would not find it within the test.
        await using var other = await PostgresBox.OpenAsync(source, static settings => settings with { PollInterval = TimeSpan.FromMinutes(10) });
        var waiting = other.WaitAsync(0, TestContext.Current.CancellationToken);
        await one.AppendAsync(1);
        await waiting;
        Assert.Equal(1, other.Head.Revision);
    }

    [Fact]
    public async Task Waiting_ends_by_asking_where_nothing_is_told()
    {
        await using var source = await box.DatabaseAsync();
        await using var other = await PostgresBox.OpenAsync(source, static settings => settings with { PollInterval = TimeSpan.FromMilliseconds(20) });
        await PostgresBox.RunAsync(source, """
            INSERT INTO weir_journal.record (revision, hash, key, payload) VALUES (1, decode(repeat('00', 32), 'hex'), 0, '')
            """);
        await other.WaitAsync(0, TestContext.Current.CancellationToken);
        Assert.Equal(1, other.Head.Revision);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Snapshots_are_read_as_written_and_the_newest_whole_one_wins(bool isSealed)
    {
        await using var source = await box.DatabaseAsync();
        await using var journal = await PostgresBox.OpenAsync(source, settings => settings with { Keys = isSealed ? s_keys : null });
        foreach (var length in new[] { 0, 10, PieceWriter.PieceBytes, 2_500_000 })
        {
            await journal.AppendAsync(1);
            var content = new byte[length];
            new Random(length).NextBytes(content);
            await journal.SaveSnapshotAsync(journal.Head, async (stream, stop) => await stream.WriteAsync(content, stop), default);
            Assert.Equal(content, await ContentAsync(journal, journal.Head.Revision));
        }
        await PostgresBox.RunAsync(source, """
            UPDATE weir_journal.snapshot_piece SET content = set_byte(content, 5, 255 - get_byte(content, 5))
            WHERE number = 1 AND snapshot = (SELECT id FROM weir_journal.snapshot ORDER BY revision DESC LIMIT 1)
            """);
        Assert.Equal(PieceWriter.PieceBytes, (await ContentAsync(journal, 3)).Length);
        await PostgresBox.RunAsync(source, "DELETE FROM weir_journal.snapshot_piece");
        Assert.Null(await journal.OpenSnapshotAsync(long.MaxValue, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Sealed_payloads_do_not_stand_in_the_table()
    {
        await using var source = await box.DatabaseAsync();
        await using var journal = await PostgresBox.OpenAsync(source, static settings => settings with { Keys = s_keys });
        var records = await journal.AppendAsync(2, static _ => "the secret");
        JournalSamples.AssertSame(records, await journal.ReadAllAsync());
        await using var find = source.CreateCommand("SELECT count(*) FROM weir_journal.record WHERE position('secret'::bytea IN payload) > 0");
        Assert.Equal(0L, await find.ExecuteScalarAsync(TestContext.Current.CancellationToken));
        // Not even opened: a record that is not sealed must not follow.
        await Assert.ThrowsAsync<JournalUnusableException>(() => PostgresBox.OpenAsync(source));
    }

    [Theory]
    [InlineData("UPDATE weir_journal.record SET payload = set_byte(payload, 90, 88) WHERE revision = 3", 3)]
    [InlineData("UPDATE weir_journal.record SET hash = set_byte(hash, 0, 255 - get_byte(hash, 0)) WHERE revision = 3", 3)]
    [InlineData("DELETE FROM weir_journal.record WHERE revision = 3", 3)]
    [InlineData("DELETE FROM weir_journal.record WHERE revision = 1", 1)]
    [InlineData("UPDATE weir_journal.record SET revision = 9 WHERE revision = 5", 5)]
    [InlineData("UPDATE weir_journal.record SET payload = p.payload, hash = p.hash FROM weir_journal.record p WHERE record.revision = 4 AND p.revision = 3", 4)]
    public async Task Whatever_is_changed_in_the_table_is_found(string sql, long revision)
    {
        await using var source = await box.DatabaseAsync();
        await using var journal = await PostgresBox.OpenAsync(source);
        await journal.AppendAsync(5);
        await PostgresBox.RunAsync(source, sql);
        var broken = await Assert.ThrowsAsync<JournalBrokenException>(() => journal.ReadAllAsync());
        Assert.Equal(revision, broken.Place!.Value.Revision);
    }

    internal static async Task<List<JournalRecord>> RaceAsync(IJournal node, int number, int count)
    {
        List<JournalRecord> promised = [];
        while (promised.Count < count)
        {
            var head = node.Head;
            var record = JournalSamples.Next(head, $"node {number}, {promised.Count}");
            if (await node.AppendAsync(record, CancellationToken.None)) promised.Add(record);
            else await LearnAsync(node, head.Revision);
        }
        return promised;
    }

    /// <summary>Learns what the others did.</summary>
    static async Task LearnAsync(IJournal node, long after)
    {
        try
        {
            await foreach (var _ in node.ReadAsync(after, CancellationToken.None)) { }
        }
        catch (IOException)
        {
            // The server is away: an append waits for it.
        }
    }

    static async Task<byte[]> ContentAsync(PostgresJournal journal, long revision)
    {
        var snapshot = await journal.OpenSnapshotAsync(long.MaxValue, TestContext.Current.CancellationToken);
        Assert.Equal(revision, snapshot!.Revision);
        await using var content = snapshot.Content;
        using var bytes = new MemoryStream();
        await content.CopyToAsync(bytes, TestContext.Current.CancellationToken);
        return bytes.ToArray();
    }
}
