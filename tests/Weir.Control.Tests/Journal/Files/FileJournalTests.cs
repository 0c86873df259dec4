using System.Text;

namespace Weir.Control.Tests;

public sealed class FileJournalTests : IDisposable
{
    readonly JournalBox _box = new();

    public void Dispose() => _box.Dispose();

    [Fact]
    public async Task A_new_journal_is_empty()
    {
        await using var journal = _box.Open();
        Assert.Equal(0, journal.Head.Revision);
        Assert.Equal(JournalHead.None.Hash.ToArray(), journal.Head.Hash.ToArray());
        Assert.Empty(await journal.ReadAllAsync());
        Assert.Null(await journal.OpenSnapshotAsync(long.MaxValue, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task What_was_appended_is_read_after_reopening()
    {
        var records = await _box.FillAsync(20);
        await using var journal = _box.Open();
        Assert.Equal(20, journal.Head.Revision);
        Assert.Equal(records[^1].Hash.ToArray(), journal.Head.Hash.ToArray());
        JournalSamples.AssertSame(records, await journal.ReadAllAsync());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(19)]
    [InlineData(20)]
    [InlineData(21)]
    public async Task Reads_after_a_revision(long after)
    {
        await using var journal = _box.Open();
        var records = await journal.AppendAsync(20);
        JournalSamples.AssertSame(records.Where(record => record.Revision > after), await journal.ReadAllAsync(after));
    }

    [Fact]
    public async Task Reads_from_any_revision_of_many_segments_and_long_records()
    {
        _box.Settings = _box.Settings with { SegmentBytesMax = 1 << 20 };
        await using var journal = _box.Open();
        // Appended one by one: a batch is never divided.
        List<JournalRecord> records = [];
        for (var i = 0; i < 60; i++) records.AddRange(await journal.AppendAsync(1, static _ => new string('x', 60_000)));
        Assert.True(_box.Segments.Count >= 3);
        for (var after = 0; after < 60; after += 7) JournalSamples.AssertSame(records.Skip(after), await journal.ReadAllAsync(after));
    }

    [Fact]
    public async Task Goes_on_in_the_segment_that_is_there()
    {
        for (var i = 0; i < 3; i++) await _box.FillAsync(2);
        await using var journal = _box.Open();
        Assert.Equal(6, journal.Head.Revision);
        Assert.Single(_box.Segments);
    }

    [Fact]
    public async Task Segments_are_named_by_their_first_revision()
    {
        _box.Settings = _box.Settings with { SegmentBytesMax = 150 };
        for (var i = 0; i < 3; i++) await _box.FillAsync(1);
        Assert.Equal(
            ["journal-0000000000000000001.log", "journal-0000000000000000002.log", "journal-0000000000000000003.log"],
            _box.Segments.Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_revision_that_is_taken_is_not_appended()
    {
        await using var journal = _box.Open();
        var first = (await journal.AppendAsync(1))[0];
        Assert.False(await journal.AppendAsync(JournalSamples.Next(JournalHead.None, "other"), TestContext.Current.CancellationToken));
        Assert.False(await journal.AppendAsync(first, TestContext.Current.CancellationToken));
        JournalSamples.AssertSame([first], await journal.ReadAllAsync());
    }

    [Fact]
    public async Task Refuses_what_is_not_in_the_chain()
    {
        await using var journal = _box.Open();
        var head = JournalSamples.HeadOf((await journal.AppendAsync(1))[0]);
        var other = JournalSamples.Next(new JournalHead(1, Enumerable.Repeat((byte)7, 32).ToArray()));
        await Assert.ThrowsAsync<ArgumentException>(() => journal.AppendAsync(other, default));
        var unhashed = JournalSamples.Next(head) with { Hash = new byte[32] };
        await Assert.ThrowsAsync<ArgumentException>(() => journal.AppendAsync(unhashed, default));
        var bare = new JournalRecord(2, Encoding.UTF8.GetBytes("{}"), new byte[32]);
        await Assert.ThrowsAsync<ArgumentException>(() => journal.AppendAsync(bare, default));
        Assert.Equal(2, (await journal.AppendAsync(1))[0].Revision);
    }

    [Fact]
    public async Task A_second_writer_is_refused()
    {
        await using (var journal = _box.Open())
        {
            var refused = Assert.Throws<JournalUnusableException>(() => _box.Open());
            Assert.Contains("in use", refused.Message);
            await journal.AppendAsync(1);
        }
        await using var next = _box.Open();
        Assert.Equal(1, next.Head.Revision);
    }

    [Fact]
    public async Task Waiting_ends_with_the_next_record()
    {
        await using var journal = _box.Open();
        var waiting = journal.WaitAsync(1, TestContext.Current.CancellationToken);
        await journal.AppendAsync(1);
        Assert.False(waiting.IsCompleted);
        await journal.AppendAsync(1);
        await waiting;
        await journal.WaitAsync(0, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Waiting_can_be_given_up()
    {
        await using var journal = _box.Open();
        using var stop = new CancellationTokenSource();
        var waiting = journal.WaitAsync(0, stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => journal.AppendAsync(JournalSamples.Next(JournalHead.None), stop.Token));
        Assert.Equal(0, journal.Head.Revision);
    }

    [Fact]
    public async Task A_closed_journal_appends_nothing()
    {
        var journal = _box.Open();
        await journal.DisposeAsync();
        await journal.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => journal.AppendAsync(JournalSamples.Next(JournalHead.None), default));
    }

    [Fact]
    public async Task Closing_writes_what_waits()
    {
        var journal = _box.Open();
        var appended = journal.AppendAsync(JournalSamples.Next(JournalHead.None), TestContext.Current.CancellationToken);
        await journal.DisposeAsync();
        Assert.True(await appended);
        Assert.Single(_box.Reader().Read(0));
    }

    [Fact]
    public async Task Only_the_owner_may_read_the_files()
    {
        await using var journal = _box.Open();
        await journal.AppendAsync(1);
        await journal.SaveSnapshotAsync(journal.Head, static (_, _) => Task.CompletedTask, TestContext.Current.CancellationToken);
        Assert.Equal("rwx------", Mode(_box.Folder));
        foreach (var file in Directory.GetFiles(_box.Folder).Where(static path => Path.GetFileName(path) != JournalFolder.LockName))
            Assert.Equal("rw-------", Mode(file));

        // Windows has no modes: there the account's folder is what protects the files.
        static string Mode(string path) => string.Concat(Enumerable.Range(0, 9).Select(i =>
            (((int)(OperatingSystem.IsWindows() ? 0 : File.GetUnixFileMode(path)) >> (8 - i)) & 1) == 1 ? "rwxrwxrwx"[i] : '-'));
    }
}
