using Microsoft.Extensions.Logging.Abstractions;

namespace Weir.Telemetry.Tests;

public sealed class UsageLedgerTests
{
    readonly ScriptedDisk _disk = new();
    readonly ManualTime _time = new(UsageSamples.Noon);
    readonly MetricRegistry _metrics = new();
    UsageLedgerSettings _settings = new() { Folder = "/nowhere" };

    [Fact]
    public async Task A_record_is_on_disk_when_it_is_promised()
    {
        await using var ledger = Open();
        for (var i = 0; i < 50; i++)
        {
            await ledger.AppendAsync(UsageSamples.Record($"r{i}"));
            Assert.Contains($"r{i}", _disk.SyncedIds());
        }
        Assert.Equal(50, Result("written"));
    }

    [Fact]
    public async Task A_record_is_not_promised_before_the_disk_has_it()
    {
        await using var ledger = Open();
        _disk.SyncGate.Reset();
        var appended = ledger.AppendAsync(UsageSamples.Record("r")).AsTask();
        await _disk.SyncBegan.WaitAsync();
        Assert.False(appended.IsCompleted);
        _disk.SyncGate.Set();
        await appended;
    }

    [Fact]
    public async Task Records_that_come_while_the_disk_is_busy_share_one_sync()
    {
        await using var ledger = Open();
        _disk.SyncGate.Reset();
        var first = ledger.AppendAsync(UsageSamples.Record("first")).AsTask();
        await _disk.SyncBegan.WaitAsync();
        Task[] others = [.. Enumerable.Range(0, 500).Select(i => ledger.AppendAsync(UsageSamples.Record($"r{i}")).AsTask())];
        _disk.SyncGate.Set();
        await Task.WhenAll([first, .. others]);
        Assert.Equal(2, Assert.Single(_disk.Segments).Syncs);
        Assert.Equal(501, _disk.SyncedIds().Count());
    }

    [Fact]
    public async Task Records_that_come_right_after_a_sync_share_the_next_one()
    {
        _settings = _settings with { GatherFor = TimeSpan.FromMinutes(1) };
        var ledger = Open();
        await ledger.AppendAsync(UsageSamples.Record("first"));
        Task[] others = [.. Enumerable.Range(0, 20).Select(i => ledger.AppendAsync(UsageSamples.Record($"r{i}")).AsTask())];
        Assert.DoesNotContain(others, static task => task.IsCompleted);
        // Closing does not wait for the pause to end.
        await ledger.DisposeAsync();
        await Task.WhenAll(others);
        Assert.Equal(21, _disk.SyncedIds().Count());
    }

    [Fact]
    public async Task Who_waits_on_an_event_loop_goes_on_there_one_hand_over_for_a_batch()
    {
        await using var ledger = Open();
        var (loop, other) = (new ScriptedHome(), new ScriptedHome());
        _disk.SyncGate.Reset();
        var first = ledger.AppendAsync(UsageSamples.Record("first")).AsTask();
        await _disk.SyncBegan.WaitAsync();
        List<HomeThread?> seen = [];
        Task[] waits = [.. new[] { loop, other, loop, loop }.Select(home => home.Do(Wait))];
        _disk.SyncGate.Set();
        await Task.WhenAll(loop.Posted, other.Posted);
        Assert.Empty(seen);
        loop.Run();
        Assert.Equal([loop, loop, loop], seen);
        other.Run();
        await Task.WhenAll([first, .. waits]);
        Assert.Equal([loop, loop, loop, other], seen);

        async Task Wait()
        {
            await ledger.AppendAsync(UsageSamples.Record("r"));
            seen.Add(HomeThread.Current);
        }
    }

    [Fact]
    public async Task Who_waits_on_an_event_loop_learns_there_that_writing_failed()
    {
        await using var ledger = Open();
        var loop = new ScriptedHome();
        _disk.AppendFails = new IOException("No space left on device");
        var appended = loop.Do(() => ledger.AppendAsync(UsageSamples.Record("lost")).AsTask());
        await loop.Posted;
        Assert.False(appended.IsCompleted);
        loop.Run();
        await Assert.ThrowsAsync<UsageLedgerException>(() => appended);
    }

    [Fact]
    public async Task Records_of_many_threads_are_all_there_once()
    {
        await using (var ledger = Open())
            await Task.WhenAll(Enumerable.Range(0, 8).Select(task => Task.Run(async () =>
            {
                for (var i = 0; i < 200; i++) await ledger.AppendAsync(UsageSamples.Record($"{task}-{i}"));
            })));
        Assert.Equal(1600, _disk.SyncedIds().Distinct().Count());
        Assert.Equal(1600, _disk.SyncedIds().Count());
    }

    [Theory]
    [InlineData("append")]
    [InlineData("sync")]
    [InlineData("create")]
    public async Task A_full_disk_fails_the_call_and_the_next_segment_is_a_new_one(string where)
    {
        await using var ledger = Open();
        if (where != "create") await ledger.AppendAsync(UsageSamples.Record("before"));
        Break(where, new IOException("No space left on device"));
        var failure = await Assert.ThrowsAsync<UsageLedgerException>(() => ledger.AppendAsync(UsageSamples.Record("lost")).AsTask());
        Assert.Contains("No space left on device", failure.Message);
        Assert.Equal(1, Failing());
        Break(where, null);
        await ledger.AppendAsync(UsageSamples.Record("after"));
        Assert.Contains("after", _disk.SyncedIds());
        Assert.Equal(0, Failing());
        Assert.Equal(1, Result("failed"));
        if (where == "create") return;
        Assert.Equal(2, _disk.Segments.Count);
        Assert.True(_disk.Segments[0].IsClosed);
    }

    [Fact]
    public async Task A_full_disk_drops_and_counts_where_that_is_asked_for()
    {
        _settings = _settings with { OnFailure = UsageFailure.Drop };
        await using var ledger = Open();
        _disk.AppendFails = new IOException("No space left on device");
        await ledger.AppendAsync(UsageSamples.Record("lost"));
        Assert.Equal(1, Result("dropped"));
        Assert.Empty(_disk.SyncedIds());
    }

    [Fact]
    public async Task A_folder_that_may_not_be_written_is_a_failure_as_well()
    {
        await using var ledger = Open();
        _disk.CreateFails = new UnauthorizedAccessException("denied");
        await Assert.ThrowsAsync<UsageLedgerException>(() => ledger.AppendAsync(UsageSamples.Record("r")).AsTask());
    }

    [Theory]
    [InlineData("fail")]
    [InlineData("drop")]
    public async Task A_record_that_finds_the_queue_full_is_refused(string policy)
    {
        var onFailure = policy == "fail" ? UsageFailure.Fail : UsageFailure.Drop;
        _settings = _settings with { QueueBytesMax = 1000, OnFailure = onFailure };
        await using var ledger = Open();
        _disk.SyncGate.Reset();
        List<Task> appended = [ledger.AppendAsync(UsageSamples.Record("first")).AsTask()];
        await _disk.SyncBegan.WaitAsync();
        for (var i = 0; i < 30; i++) appended.Add(ledger.AppendAsync(UsageSamples.Record($"r{i}")).AsTask());
        Assert.InRange(ledger.QueueBytes, 800, 1000);
        var refused = appended.Count(task => onFailure == UsageFailure.Fail ? task.IsFaulted : task.IsCompletedSuccessfully);
        Assert.Equal(refused, onFailure == UsageFailure.Fail ? Result("failed") : Result("dropped"));
        Assert.InRange(refused, 15, 29);
        _disk.SyncGate.Set();
        await Task.WhenAll(appended.Where(static task => !task.IsFaulted));
        Assert.Equal(31 - refused, _disk.SyncedIds().Count());
    }

    [Fact]
    public async Task Refuses_a_record_that_is_too_long_at_once()
    {
        await using var ledger = Open();
        Assert.Throws<ArgumentException>(() => { _ = ledger.AppendAsync(UsageSamples.Record(new string('x', UsageFrame.LineBytesMax))); });
    }

    [Fact]
    public async Task A_segment_ends_at_its_size_and_at_its_age()
    {
        _settings = _settings with { SegmentBytesMax = 500, SegmentAgeMax = TimeSpan.FromHours(1) };
        await using var ledger = Open();
        for (var i = 0; i < 10; i++) await ledger.AppendAsync(UsageSamples.Record($"r{i}"));
        var segments = _disk.Segments.Count;
        Assert.InRange(segments, 2, 5);
        Assert.All(_disk.Segments, static segment => Assert.True(segment.Length <= 500));
        Assert.All(_disk.Segments.SkipLast(1), static segment => Assert.True(segment.IsClosed));
        _time.Advance(TimeSpan.FromHours(1));
        await ledger.AppendAsync(UsageSamples.Record("later"));
        Assert.Equal(segments + 1, _disk.Segments.Count);
        string[] names = [.. _disk.Segments.Select(static segment => segment.Name)];
        Assert.Equal(names.Order(StringComparer.Ordinal), names);
    }

    [Fact]
    public async Task With_an_interval_the_disk_has_it_after_the_interval()
    {
        _settings = _settings with { Sync = UsageSync.Interval, SyncInterval = TimeSpan.FromSeconds(5) };
        await using var ledger = Open();
        await ledger.AppendAsync(UsageSamples.Record("r"));
        Assert.Empty(_disk.SyncedIds());
        _time.Advance(TimeSpan.FromSeconds(5));
        await _disk.SyncBegan.WaitAsync();
        // The sync has begun; one more record comes behind it.
        await ledger.AppendAsync(UsageSamples.Record("s"));
        Assert.Contains("r", _disk.SyncedIds());
    }

    [Fact]
    public async Task Closing_writes_and_syncs_what_waits_and_refuses_what_comes_after()
    {
        _settings = _settings with { Sync = UsageSync.Interval };
        var ledger = Open();
        var appended = ledger.AppendAsync(UsageSamples.Record("r")).AsTask();
        await ledger.DisposeAsync();
        await appended;
        Assert.Contains("r", _disk.SyncedIds());
        Assert.True(_disk.Segments[0].IsClosed);
        var refused = await Assert.ThrowsAsync<UsageLedgerException>(() => ledger.AppendAsync(UsageSamples.Record("late")).AsTask());
        Assert.Contains("closed", refused.Message);
    }

    UsageLedger Open() => new(_settings, _metrics, _time, NullLogger.Instance, _disk.Create);

    long Result(string result) => _metrics.Counter("weir_usage_records_total", "", ["result"]).With(result).Value;

    long Failing() => _metrics.Gauge("weir_usage_ledger_failing", "").With().Value;

    void Break(string where, Exception? fault)
    {
        if (where == "append") _disk.AppendFails = fault;
        if (where == "sync") _disk.SyncFails = fault;
        if (where == "create") _disk.CreateFails = fault;
    }
}
