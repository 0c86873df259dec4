using FsCheck;
using FsCheck.Fluent;

namespace Weir.Control.Tests;

/// <summary>Whatever is changed in the files of a closed journal is found, and never read as if it had been written.</summary>
public sealed class DamageTests : IDisposable
{
    readonly JournalBox _box = new();

    public void Dispose() => _box.Dispose();

    [Fact]
    public async Task Every_flipped_bit_is_found()
    {
        await _box.FillAsync(4);
        var path = _box.Segments[0];
        var whole = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        for (var bit = 0; bit < whole.Length * 8; bit++)
        {
            var bytes = whole.ToArray();
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            await File.WriteAllBytesAsync(path, bytes, TestContext.Current.CancellationToken);
            var broken = Assert.Throws<JournalBrokenException>(() => _box.Reader().Read(0).Count());
            Assert.InRange(broken.Place!.Value.Offset, 0, bit / 8);
        }
    }

    [Fact]
    public async Task Damage_in_an_old_segment_is_found_when_it_is_read()
    {
        _box.Settings = _box.Settings with { SegmentBytesMax = 150 };
        await using var journal = _box.Open();
        for (var i = 0; i < 3; i++) await journal.AppendAsync(1);
        var bytes = await File.ReadAllBytesAsync(_box.Segments[1], TestContext.Current.CancellationToken);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(_box.Segments[1], bytes, TestContext.Current.CancellationToken);
        var broken = await Assert.ThrowsAsync<JournalBrokenException>(() => journal.ReadAllAsync());
        Assert.Equal(new JournalPlace("journal-0000000000000000002.log", SegmentHeader.Bytes, 2), broken.Place);
        Assert.Single(await journal.ReadAllAsync(2));
    }

    [Fact]
    public async Task A_missing_segment_is_found()
    {
        await FillSegmentsAsync();
        File.Delete(_box.Segments[1]);
        Assert.Contains("a segment is missing", Assert.Throws<JournalBrokenException>(() => _box.Reader().Read(0).Count()).Message);
    }

    [Fact]
    public async Task Missing_history_is_not_taken_for_none()
    {
        await FillSegmentsAsync();
        File.Delete(_box.Segments[0]);
        Assert.Contains("the journal begins at revision 2", Assert.Throws<JournalBrokenException>(() => _box.Reader().Read(0).Count()).Message);
        Assert.Equal(2, _box.Reader().Read(1).Count());
    }

    [Fact]
    public async Task A_segment_of_another_journal_is_found()
    {
        await FillSegmentsAsync();
        using var other = new JournalBox();
        other.Settings = other.Settings with { SegmentBytesMax = 150 };
        for (var i = 0; i < 3; i++) await other.FillAsync(1, static _ => "elsewhere");
        File.Copy(other.Segments[1], _box.Segments[1], overwrite: true);
        Assert.Contains("the chain does not hold", Assert.Throws<JournalBrokenException>(() => _box.Reader().Read(0).Count()).Message);
    }

    [Fact]
    public async Task A_renamed_segment_is_found()
    {
        await FillSegmentsAsync();
        File.Move(_box.Segments[2], JournalFolder.SegmentPath(_box.Folder, 9));
        Assert.Contains("renamed", Assert.Throws<JournalBrokenException>(() => _box.Reader().Read(0).Count()).Message);
    }

    [Fact]
    public async Task A_record_that_was_rewritten_with_its_sum_breaks_the_chain()
    {
        await _box.FillAsync(3);
        var bytes = await File.ReadAllBytesAsync(_box.Segments[0], TestContext.Current.CancellationToken);
        var header = FrameHeader.Read(bytes.AsSpan(SegmentHeader.Bytes))!.Value;
        var payload = bytes.AsSpan(SegmentHeader.Bytes + FrameHeader.Bytes, header.Length);
        payload[^3] = (byte)'X';
        FrameHeader.Write(bytes.AsSpan(SegmentHeader.Bytes), header.Revision, header.Durable, header.Key, payload);
        await File.WriteAllBytesAsync(_box.Segments[0], bytes, TestContext.Current.CancellationToken);
        var broken = Assert.Throws<JournalBrokenException>(() => _box.Reader().Read(0).Count());
        Assert.Equal(2, broken.Place!.Value.Revision);
        Assert.Contains("the chain does not hold", broken.Problem);
    }

    [Fact]
    public async Task A_newer_form_is_left_alone()
    {
        await _box.FillAsync(1);
        var bytes = await File.ReadAllBytesAsync(_box.Segments[0], TestContext.Current.CancellationToken);
        bytes[8] = 2;
        BitConverter.TryWriteBytes(bytes.AsSpan(60), Telemetry.Crc32C.Of(bytes.AsSpan(0, 60)));
        await File.WriteAllBytesAsync(_box.Segments[0], bytes, TestContext.Current.CancellationToken);
        Assert.Contains("form 2", Assert.Throws<JournalUnusableException>(() => _box.Open()).Message);
    }

    [Fact]
    public void Frames_of_any_payload_are_read_as_written() =>
        Prop.ForAll<byte[], long, long>((payload, revision, durable) =>
        {
            var frame = new byte[FrameHeader.Bytes + payload.Length];
            payload.CopyTo(frame, FrameHeader.Bytes);
            FrameHeader.Write(frame, revision, durable, 7, payload);
            var header = FrameHeader.Read(frame)!.Value;
            return header.Length == payload.Length && header.Revision == revision && header.Durable == durable && header.Key == 7
                && FrameHeader.IsWhole(frame, payload);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_bytes_instead_of_a_tail_leave_the_records_before_them() =>
        Prop.ForAll<byte[], int>((tail, sizes) =>
        {
            using var box = new JournalBox();
            var count = Math.Abs(sizes % 5) + 1;
            var records = box.FillAsync(count).GetAwaiter().GetResult();
            using (var file = new FileStream(box.Segments[0], FileMode.Append)) file.Write(tail);
            var journal = box.Open();
            var isSame = journal.Head.Revision == count && journal.Head.Hash.Span.SequenceEqual(records[^1].Hash.Span);
            journal.DisposeAsync().AsTask().GetAwaiter().GetResult();
            return isSame && box.Reader().Read(0).Count() == count;
        }).QuickCheckThrowOnFailure();

    async Task FillSegmentsAsync()
    {
        _box.Settings = _box.Settings with { SegmentBytesMax = 150 };
        for (var i = 0; i < 3; i++) await _box.FillAsync(1);
        Assert.Equal(3, _box.Segments.Count);
    }
}
