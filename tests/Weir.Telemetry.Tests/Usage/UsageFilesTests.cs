using System.Text;
using Microsoft.Extensions.Logging.Abstractions;

namespace Weir.Telemetry.Tests;

/// <summary>Ledger and reader on real files.</summary>
public sealed class UsageFilesTests : IDisposable
{
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("weir-usage");
    readonly ManualTime _time = new(UsageSamples.Noon);

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_folder_that_is_missing_or_empty_has_no_records()
    {
        Assert.Empty(new UsageReader(_folder.FullName).Read());
        Assert.Empty(new UsageReader(Path.Combine(_folder.FullName, "missing")).Read());
    }

    [Fact]
    public async Task What_was_appended_is_read_also_while_it_is_written()
    {
        await using var ledger = Open();
        await ledger.AppendAsync(UsageSamples.Full);
        await ledger.AppendAsync(UsageSamples.Record("r2"));
        Assert.Equal(["r1", "r2"], Ids(new UsageReader(_folder.FullName)));
    }

    [Fact]
    public async Task Two_processes_on_one_folder_do_not_disturb_each_other()
    {
        await using (var first = Open())
        await using (var second = Open())
            for (var i = 0; i < 5; i++)
            {
                await first.AppendAsync(UsageSamples.Record($"a{i}"));
                await second.AppendAsync(UsageSamples.Record($"b{i}"));
            }
        Assert.Equal(10, Ids(new UsageReader(_folder.FullName)).Count);
    }

    [Fact]
    public async Task A_torn_end_is_passed_over_wherever_it_is_torn()
    {
        await Write("r1", "r2");
        var path = Assert.Single(_folder.GetFiles()).FullName;
        var whole = await File.ReadAllBytesAsync(path);
        var first = Array.IndexOf(whole, (byte)'\n') + 1;
        for (var length = first; length < whole.Length; length++)
        {
            await File.WriteAllBytesAsync(path, whole[..length]);
            var reader = new UsageReader(_folder.FullName);
            Assert.Equal(["r1"], Ids(reader));
            Assert.Equal((0, length == first ? 0 : 1), (reader.Damaged, reader.Torn));
        }
    }

    [Fact]
    public async Task A_new_process_leaves_a_torn_end_alone()
    {
        await Write("r1");
        await File.AppendAllTextAsync(Assert.Single(_folder.GetFiles()).FullName, "12345678 {\"time\":\"20");
        await Write("r2");
        Assert.Equal(2, _folder.GetFiles().Length);
        Assert.Equal(["r1", "r2"], Ids(new UsageReader(_folder.FullName)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_damaged_record_costs_only_itself()
    {
        await Write("r1", "r2", "r3");
        var path = Assert.Single(_folder.GetFiles()).FullName;
        var bytes = await File.ReadAllBytesAsync(path);
        bytes[Array.IndexOf(bytes, (byte)'\n') + 20] ^= 1;
        await File.WriteAllBytesAsync(path, bytes);
        var reader = new UsageReader(_folder.FullName);
        Assert.Equal(["r1", "r3"], Ids(reader));
        Assert.Equal(1, reader.Damaged);
    }

    [Fact]
    public async Task A_line_without_end_is_read_over()
    {
        await Write("r1");
        var path = Assert.Single(_folder.GetFiles()).FullName;
        var good = await File.ReadAllTextAsync(path);
        await File.WriteAllTextAsync(path, new string('x', 1_000_000) + "\n" + good, new UTF8Encoding(false));
        var reader = new UsageReader(_folder.FullName);
        Assert.Equal(["r1"], Ids(reader));
        Assert.InRange(reader.Damaged, 1, 20);
    }

    [Fact]
    public async Task Other_files_in_the_folder_are_nobodys_records()
    {
        await Write("r1");
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "notes.txt"), "hello");
        Assert.Equal(["r1"], Ids(new UsageReader(_folder.FullName)));
    }

    [Fact]
    public async Task Reads_a_time_range()
    {
        await using (var ledger = Open())
            for (var hour = 0; hour < 5; hour++) await ledger.AppendAsync(UsageSamples.Record($"r{hour}", UsageSamples.Noon.AddHours(hour)));
        var reader = new UsageReader(_folder.FullName);
        Assert.Equal(["r1", "r2"], reader.Read(UsageSamples.Noon.AddHours(1), UsageSamples.Noon.AddHours(3)).Select(static record => record.RequestId));
    }

    [Fact]
    public async Task Segments_long_before_or_after_the_range_are_not_opened()
    {
        await Write("r1");
        File.SetLastWriteTimeUtc(Assert.Single(_folder.GetFiles()).FullName, UsageSamples.Noon.UtcDateTime);
        var reader = new UsageReader(_folder.FullName);
        Assert.Empty(reader.Read(from: UsageSamples.Noon.AddHours(1)));
        Assert.Empty(reader.Read(until: UsageSamples.Noon.AddDays(-2)));
        Assert.Equal(0, reader.Segments);
    }

    [Fact]
    public async Task Retention_deletes_the_oldest_and_never_the_one_in_use()
    {
        var settings = new UsageLedgerSettings { Folder = _folder.FullName, SegmentBytesMax = 1, RetainBytesMax = 400 };
        await using var ledger = new UsageLedger(settings, new MetricRegistry(), _time, NullLogger.Instance);
        for (var i = 0; i < 20; i++) await ledger.AppendAsync(UsageSamples.Record($"r{i:D2}"));
        var kept = Ids(new UsageReader(_folder.FullName));
        Assert.InRange(kept.Count, 1, 6);
        Assert.Equal("r19", kept[^1]);
    }

    [Fact]
    public async Task Retention_deletes_what_is_older_than_asked_for()
    {
        await Write("old");
        File.SetLastWriteTimeUtc(Assert.Single(_folder.GetFiles()).FullName, UsageSamples.Noon.UtcDateTime);
        _time.Advance(TimeSpan.FromDays(31));
        var settings = new UsageLedgerSettings { Folder = _folder.FullName, RetainFor = TimeSpan.FromDays(30) };
        await using var ledger = new UsageLedger(settings, new MetricRegistry(), _time, NullLogger.Instance);
        await ledger.AppendAsync(UsageSamples.Record("new"));
        Assert.Equal(["new"], Ids(new UsageReader(_folder.FullName)));
    }

    [Fact]
    public async Task A_ledger_is_for_its_owner_and_group_only()
    {
        await Write("r1");
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, Assert.Single(_folder.GetFiles()).UnixFileMode);
    }

    async Task Write(params string[] ids)
    {
        await using var ledger = Open();
        foreach (var id in ids) await ledger.AppendAsync(UsageSamples.Record(id));
    }

    UsageLedger Open() => new(new() { Folder = _folder.FullName }, new MetricRegistry(), _time, NullLogger.Instance);

    static List<string> Ids(UsageReader reader) => [.. reader.Read().Select(static record => record.RequestId)];
}
