using System.Text;

namespace Weir.Control.Tests;

public sealed class SnapshotTests : IDisposable
{
    readonly JournalBox _box = new();

    public void Dispose() => _box.Dispose();

    public static TheoryData<bool> Sealed => [false, true];

    [Theory, MemberData(nameof(Sealed))]
    public async Task A_snapshot_is_read_as_written(bool isSealed)
    {
        if (isSealed) _box.Settings = _box.Settings with { Keys = new Keyring(new Dictionary<uint, byte[]> { [1] = new byte[32] }) };
        foreach (var length in new[] { 0, 1, 65_535, 65_536, 65_537, 300_000 })
        {
            await using var journal = _box.Open();
            await journal.AppendAsync(1);
            var content = new byte[length];
            new Random(length).NextBytes(content);
            await SaveAsync(journal, content);
            var snapshot = await OpenAsync(journal);
            Assert.Equal(journal.Head.Revision, snapshot!.Value.Revision);
            Assert.Equal(content, snapshot.Value.Content);
        }
    }

    [Fact]
    public async Task The_newest_whole_one_wins_and_old_ones_go()
    {
        await using var journal = _box.Open();
        for (var i = 1; i <= 4; i++)
        {
            await journal.AppendAsync(1);
            await SaveAsync(journal, Encoding.ASCII.GetBytes($"state {i}"));
        }
        Assert.Equal([3, 4], JournalFolder.Snapshots(_box.Folder).Select(static snapshot => snapshot.Revision));
        Assert.Equal("state 4", Encoding.ASCII.GetString((await OpenAsync(journal))!.Value.Content));
        Assert.Equal(4, (await journal.ReadAllAsync()).Count);
    }

    [Fact]
    public async Task A_damaged_one_is_passed_over_wherever_the_damage_is()
    {
        await using var journal = _box.Open();
        for (var i = 1; i <= 2; i++)
        {
            await journal.AppendAsync(1);
            await SaveAsync(journal, Encoding.ASCII.GetBytes($"state {i}"));
        }
        var path = JournalFolder.SnapshotPath(_box.Folder, 2);
        var whole = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        for (var at = 0; at < whole.Length; at++)
        {
            var bytes = whole.ToArray();
            bytes[at] ^= 4;
            await File.WriteAllBytesAsync(path, bytes, TestContext.Current.CancellationToken);
            Assert.Equal(1, (await OpenAsync(journal))!.Value.Revision);
        }
        await File.WriteAllBytesAsync(path, whole[..^1], TestContext.Current.CancellationToken);
        Assert.Equal(1, (await OpenAsync(journal))!.Value.Revision);
        Assert.Contains(_box.LogLines, static line => line.Contains("is passed over"));
    }

    [Fact]
    public async Task One_of_another_journal_is_passed_over()
    {
        using var other = new JournalBox();
        await using var elsewhere = other.Open();
        await elsewhere.AppendAsync(1, static _ => "elsewhere");
        await SaveAsync(elsewhere, [1]);
        await using var journal = _box.Open();
        await journal.AppendAsync(2);
        File.Copy(JournalFolder.SnapshotPath(other.Folder, 1), JournalFolder.SnapshotPath(_box.Folder, 1));
        Assert.Null(await OpenAsync(journal));
        Assert.Contains(_box.LogLines, static line => line.Contains("it is of another journal"));
    }

    [Fact]
    public async Task One_that_is_ahead_of_the_journal_is_passed_over()
    {
        await _box.FillAsync(1);
        await using (var journal = _box.Open()) await journal.SaveSnapshotAsync(new JournalHead(9, new byte[32]), static (_, _) => Task.CompletedTask, default);
        await using var again = _box.Open();
        Assert.Null(await OpenAsync(again));
    }

    [Fact]
    public async Task One_that_was_not_finished_is_not_there()
    {
        await using var journal = _box.Open();
        await journal.AppendAsync(1);
        await SaveAsync(journal, [1]);
        await journal.AppendAsync(1);
        await Assert.ThrowsAsync<InvalidOperationException>(() => journal.SaveSnapshotAsync(
            journal.Head, static (_, _) => throw new InvalidOperationException("the state cannot be written"), default));
        Assert.Equal(1, (await OpenAsync(journal))!.Value.Revision);
        Assert.Empty(Directory.GetFiles(_box.Folder, "*.tmp"));
    }

    [Fact]
    public async Task Old_segments_are_archived_when_a_snapshot_has_them()
    {
        _box.Settings = _box.Settings with { SegmentBytesMax = 150 };
        var archive = Path.Combine(_box.Folder, "..", "archive");
        await using (var journal = _box.Open())
        {
            for (var i = 0; i < 3; i++) await journal.AppendAsync(1);
            await SaveAsync(journal, [7]);
            for (var i = 0; i < 3; i++) await journal.AppendAsync(1);
            using var busy = new SnapshotFolder(_box.Settings, _box);
            Assert.Throws<JournalUnusableException>(() => FolderArchive.Move(_box.Settings, 5, archive, busy));
        }
        using var snapshots = new SnapshotFolder(_box.Settings, _box);
        Assert.Equal(["journal-0000000000000000001.log", "journal-0000000000000000002.log"], FolderArchive.Move(_box.Settings, 3, archive, snapshots));
        Assert.Single(FolderArchive.Move(_box.Settings, 6, archive, snapshots));
        await using var opened = _box.Open();
        Assert.Equal(3, (await OpenAsync(opened))!.Value.Revision);
        Assert.Equal(3, (await opened.ReadAllAsync(3)).Count);
        await Assert.ThrowsAsync<JournalBrokenException>(() => opened.ReadAllAsync());
        Assert.Equal(3, new FolderReader(archive, null).Read(0).Count());
    }

    static Task SaveAsync(FileJournal journal, byte[] content) =>
        journal.SaveSnapshotAsync(journal.Head, async (stream, stop) => await stream.WriteAsync(content, stop), TestContext.Current.CancellationToken);

    static async Task<(long Revision, byte[] Content)?> OpenAsync(FileJournal journal)
    {
        if (await journal.OpenSnapshotAsync(long.MaxValue, TestContext.Current.CancellationToken) is not { } snapshot) return null;
        await using var content = snapshot.Content;
        using var bytes = new MemoryStream();
        await content.CopyToAsync(bytes, TestContext.Current.CancellationToken);
        return (snapshot.Revision, bytes.ToArray());
    }
}
