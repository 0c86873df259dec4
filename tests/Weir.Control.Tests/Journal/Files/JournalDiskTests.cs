namespace Weir.Control.Tests;

/// <summary>What the journal does with its disk, and what when that fails.</summary>
public sealed class JournalDiskTests : IDisposable
{
    static readonly IOException s_full = new("no space left");

    readonly JournalBox _box = new();
    readonly FailingDisk _disk = new();

    public void Dispose() => _box.Dispose();

    [Fact]
    public async Task A_record_is_not_promised_before_the_disk_has_it()
    {
        await using var journal = _box.Open(_disk.Open);
        _disk.SyncGate.Reset();
        var appended = journal.AppendAsync(JournalSamples.Next(JournalHead.None), TestContext.Current.CancellationToken);
        await _disk.SyncBegan.WaitAsync(TestContext.Current.CancellationToken);
        Assert.False(appended.IsCompleted);
        Assert.Equal(0, journal.Head.Revision);
        _disk.SyncGate.Set();
        Assert.True(await appended);
        Assert.Equal(1, journal.Head.Revision);
    }

    [Fact]
    public async Task Records_that_come_while_the_disk_is_busy_share_one_sync()
    {
        await using var journal = _box.Open(_disk.Open);
        _disk.SyncGate.Reset();
        var first = JournalSamples.Next(JournalHead.None);
        List<Task<bool>> done = [journal.AppendAsync(first, TestContext.Current.CancellationToken)];
        await _disk.SyncBegan.WaitAsync(TestContext.Current.CancellationToken);
        var head = JournalSamples.HeadOf(first);
        for (var i = 0; i < 100; i++)
        {
            var next = JournalSamples.Next(head);
            done.Add(journal.AppendAsync(next, TestContext.Current.CancellationToken));
            head = JournalSamples.HeadOf(next);
        }
        _disk.SyncGate.Set();
        Assert.All(await Task.WhenAll(done), Assert.True);
        Assert.Equal(2, _disk.Syncs);
        Assert.Equal(101, (await journal.ReadAllAsync()).Count);
    }

    [Fact]
    public async Task A_failed_write_fails_what_waits_behind_it_and_is_taken_back()
    {
        await using (var journal = _box.Open(_disk.Open))
        {
            var first = (await journal.AppendAsync(1))[0];
            while (_disk.SyncBegan.Wait(0, TestContext.Current.CancellationToken)) { }
            _disk.SyncFails = s_full;
            _disk.SyncGate.Reset();
            var second = JournalSamples.Next(JournalSamples.HeadOf(first));
            var third = JournalSamples.Next(JournalSamples.HeadOf(second));
            var failing = journal.AppendAsync(second, TestContext.Current.CancellationToken);
            await _disk.SyncBegan.WaitAsync(TestContext.Current.CancellationToken);
            var behind = journal.AppendAsync(third, TestContext.Current.CancellationToken);
            _disk.SyncGate.Set();
            await Assert.ThrowsAsync<JournalAwayException>(() => failing);
            await Assert.ThrowsAsync<JournalAwayException>(() => behind);
            Assert.Equal(1, journal.Head.Revision);
            _disk.SyncFails = null;
            Assert.Equal(2, (await journal.AppendAsync(1, static _ => "another"))[0].Revision);
            Assert.Equal(2, (await journal.ReadAllAsync()).Count);
        }
        await using var again = _box.Open();
        Assert.Equal(2, again.Head.Revision);
        Assert.Contains(_box.LogLines, static line => line.Contains("cannot be written: no space left"));
        Assert.Contains(_box.LogLines, static line => line.Contains("is written again"));
    }

    [Fact]
    public async Task Nothing_is_written_behind_what_could_not_be_taken_back()
    {
        var first = (await _box.FillAsync(1))[0];
        await using (var journal = _box.Open(_disk.Open))
        {
            (_disk.AppendFails, _disk.CutFails) = (s_full, s_full);
            var second = JournalSamples.Next(journal.Head);
            await Assert.ThrowsAsync<JournalAwayException>(() => journal.AppendAsync(second, default));
            _disk.AppendFails = null;
            await Assert.ThrowsAsync<JournalAwayException>(() => journal.AppendAsync(second, default));
            _disk.CutFails = null;
            Assert.True(await journal.AppendAsync(second, TestContext.Current.CancellationToken));
        }
        JournalSamples.AssertSame([first, JournalSamples.Next(JournalSamples.HeadOf(first))], _box.Reader().Read(0));
    }

    [Fact]
    public async Task A_journal_that_ends_while_its_disk_fails_is_recovered()
    {
        var first = (await _box.FillAsync(1))[0];
        await using (var journal = _box.Open(_disk.Open))
        {
            (_disk.AppendFails, _disk.CutFails) = (s_full, s_full);
            await Assert.ThrowsAsync<JournalAwayException>(() => journal.AppendAsync(JournalSamples.Next(journal.Head), default));
        }
        await using var again = _box.Open();
        JournalSamples.AssertSame([first], await again.ReadAllAsync());
        Assert.Contains(_box.LogLines, static line => line.Contains("were cut off"));
    }

    [Fact]
    public async Task With_an_interval_the_disk_has_a_record_later()
    {
        var time = new ManualTime();
        _box.Settings = _box.Settings with { Sync = JournalSync.Interval, SyncInterval = TimeSpan.FromSeconds(1) };
        _box.Time = time;
        await using var journal = _box.Open(_disk.Open);
        await journal.AppendAsync(3);
        Assert.Equal(0, _disk.Syncs);
        time.Advance(TimeSpan.FromSeconds(1));
        await _disk.SyncBegan.WaitAsync(TestContext.Current.CancellationToken);
        await journal.DisposeAsync();
        Assert.Equal(1, _disk.Syncs);
        Assert.Equal(3, HeadFile.Read(_box.Folder).Revision);
    }

    [Fact]
    public async Task Without_syncs_the_disk_has_a_segment_when_it_is_closed()
    {
        _box.Settings = _box.Settings with { Sync = JournalSync.Never, SegmentBytesMax = 150 };
        var journal = _box.Open(_disk.Open);
        await journal.AppendAsync(1);
        Assert.Equal(0, _disk.Syncs);
        await journal.AppendAsync(1);
        Assert.Equal(1, _disk.Syncs);
        await journal.DisposeAsync();
        Assert.Equal(2, _disk.Syncs);
    }

    [Fact]
    public async Task A_queue_that_is_full_refuses()
    {
        _box.Settings = _box.Settings with { QueueBytesMax = 150 };
        await using var journal = _box.Open(_disk.Open);
        _disk.SyncGate.Reset();
        var first = JournalSamples.Next(JournalHead.None, new string('x', 300));
        var second = JournalSamples.Next(JournalSamples.HeadOf(first));
        var appended = journal.AppendAsync(first, TestContext.Current.CancellationToken);
        var refused = await Assert.ThrowsAsync<JournalAwayException>(() => journal.AppendAsync(second, default));
        Assert.Contains("queue of the journal is full", refused.Message);
        _disk.SyncGate.Set();
        Assert.True(await appended);
        Assert.True(await journal.AppendAsync(second, TestContext.Current.CancellationToken));
    }
}
