namespace Weir.Control.Tests;

/// <summary>What a kill or a loss of power leaves at the end is cut off; what was there for good is never.</summary>
public sealed class TornTailTests : IDisposable
{
    readonly JournalBox _box = new();

    public void Dispose() => _box.Dispose();

    [Fact]
    public async Task An_end_torn_at_any_byte_is_cut_off_and_kept_beside()
    {
        var records = await _box.FillAsync(3);
        var whole = await File.ReadAllBytesAsync(_box.Segments[0], TestContext.Current.CancellationToken);
        var ends = EndsOf(whole);
        for (var length = 0; length < whole.Length; length++)
        {
            using var box = new JournalBox();
            await PutAsync(box, whole[..length]);
            await using (var journal = box.Open())
            {
                var left = ends.Count(end => end <= length);
                JournalSamples.AssertSame(records.Take(left), await journal.ReadAllAsync());
                var goodLength = left > 0 ? ends[left - 1] : length >= SegmentHeader.Bytes ? SegmentHeader.Bytes : 0;
                AssertKept(box, whole[goodLength..length]);
                await journal.AppendAsync(2);
            }
            Assert.Equal(ends.Count(end => end <= length) + 2, box.Reader().Read(0).Count());
        }
    }

    [Fact]
    public async Task Zeros_at_the_end_are_cut_off()
    {
        var records = await _box.FillAsync(3);
        await AppendBytesAsync(_box.Segments[0], new byte[5000]);
        DropHead(_box);
        await using var journal = _box.Open();
        JournalSamples.AssertSame(records, await journal.ReadAllAsync());
        Assert.Contains(_box.LogLines, static line => line.StartsWith("Warning: ", StringComparison.Ordinal) && line.Contains("5000 bytes"));
    }

    [Fact]
    public async Task A_segment_that_was_being_begun_is_dropped()
    {
        var records = await _box.FillAsync(3);
        await File.WriteAllBytesAsync(JournalFolder.SegmentPath(_box.Folder, 4), "WEIRJR"u8.ToArray(), TestContext.Current.CancellationToken);
        await using var journal = _box.Open();
        await journal.AppendAsync(1);
        Assert.Equal(4, (await journal.ReadAllAsync()).Count);
        Assert.Equal(3, records.Count);
    }

    [Fact]
    public async Task Pieces_of_one_write_in_any_order_are_still_an_end()
    {
        // Three records of one batch, none of them promised: the disk has the first and the third, and the power went.
        await using (var journal = _box.Open()) await journal.AppendAsync(1);
        var path = _box.Segments[0];
        var head = JournalSamples.HeadOf(_box.Reader().Read(0).Single());
        var start = new FileInfo(path).Length;
        foreach (var _ in Enumerable.Range(0, 3)) head = AppendFrame(path, head, durable: 1);
        var bytes = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        var ends = EndsOf(bytes);
        bytes[ends[1] + 40] ^= 1;
        await File.WriteAllBytesAsync(path, bytes, TestContext.Current.CancellationToken);
        await using var opened = _box.Open();
        Assert.Equal(2, opened.Head.Revision);
        Assert.True(start < ends[1]);
    }

    [Fact]
    public async Task A_record_that_a_later_one_knows_to_be_durable_is_not_cut_off()
    {
        await using (var journal = _box.Open())
            for (var i = 0; i < 4; i++) await journal.AppendAsync(1);
        DropHead(_box);
        var bytes = await File.ReadAllBytesAsync(_box.Segments[0], TestContext.Current.CancellationToken);
        bytes[EndsOf(bytes)[1] + 40] ^= 1;
        await File.WriteAllBytesAsync(_box.Segments[0], bytes, TestContext.Current.CancellationToken);
        var broken = Assert.Throws<JournalBrokenException>(() => _box.Open());
        Assert.Equal(new JournalPlace("journal-0000000000000000001.log", EndsOf(bytes)[1], 3), broken.Place);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(_box.Segments[0], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Damage_to_the_very_last_record_is_told_from_a_torn_end()
    {
        await _box.FillAsync(3);
        var bytes = await File.ReadAllBytesAsync(_box.Segments[0], TestContext.Current.CancellationToken);
        bytes[^3] ^= 1;
        await File.WriteAllBytesAsync(_box.Segments[0], bytes, TestContext.Current.CancellationToken);
        Assert.Equal(3, Assert.Throws<JournalBrokenException>(() => _box.Open()).Place!.Value.Revision);
    }

    [Fact]
    public async Task A_journal_that_was_cut_short_is_found_out()
    {
        await _box.FillAsync(3);
        var bytes = await File.ReadAllBytesAsync(_box.Segments[0], TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(_box.Segments[0], bytes[..EndsOf(bytes)[1]], TestContext.Current.CancellationToken);
        var broken = Assert.Throws<JournalBrokenException>(() => _box.Open());
        Assert.Contains("the disk had everything up to revision 3", broken.Message);
        Assert.Contains("delete the file 'head'", broken.Message);
        File.Delete(Path.Combine(_box.Folder, JournalFolder.HeadName));
        await using var journal = _box.Open();
        Assert.Equal(2, journal.Head.Revision);
    }

    [Fact]
    public async Task A_journal_whose_segments_are_gone_is_not_begun_anew()
    {
        await _box.FillAsync(3);
        File.Delete(_box.Segments[0]);
        Assert.Contains("the journal ends with revision 0", Assert.Throws<JournalBrokenException>(() => _box.Open()).Message);
        Assert.Empty(_box.Segments);
    }

    /// <summary>Where each record ends.</summary>
    static List<int> EndsOf(byte[] segment)
    {
        List<int> ends = [];
        for (var at = SegmentHeader.Bytes; at < segment.Length; ends.Add(at)) at += FrameHeader.Bytes + FrameHeader.Read(segment.AsSpan(at))!.Value.Length;
        return ends;
    }

    static JournalHead AppendFrame(string path, JournalHead head, long durable)
    {
        var record = JournalSamples.Next(head);
        var frame = new byte[FrameHeader.Bytes + record.Payload.Length];
        record.Payload.Span.CopyTo(frame.AsSpan(FrameHeader.Bytes));
        FrameHeader.Write(frame, record.Revision, durable, Keyring.NoKey, record.Payload.Span);
        using var file = new FileStream(path, FileMode.Append);
        file.Write(frame);
        return JournalSamples.HeadOf(record);
    }

    static async Task PutAsync(JournalBox box, byte[] segment)
    {
        Directory.CreateDirectory(box.Folder);
        await File.WriteAllBytesAsync(JournalFolder.SegmentPath(box.Folder, 1), segment, TestContext.Current.CancellationToken);
    }

    static void AssertKept(JournalBox box, byte[] cut)
    {
        var copies = Directory.GetFiles(box.Folder, "*.torn-*");
        // A header that is missing altogether is a torn end of no bytes.
        if (cut.Length == 0) Assert.All(copies, static copy => Assert.Equal(0, new FileInfo(copy).Length));
        else Assert.Equal(cut, File.ReadAllBytes(Assert.Single(copies)));
    }

    static async Task AppendBytesAsync(string path, byte[] bytes)
    {
        await using var file = new FileStream(path, FileMode.Append);
        await file.WriteAsync(bytes, TestContext.Current.CancellationToken);
    }

    static void DropHead(JournalBox box) => File.Delete(Path.Combine(box.Folder, JournalFolder.HeadName));
}
