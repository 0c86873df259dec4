using System.Buffers;
using Weir.Telemetry;

namespace Weir.Control;

/// <summary>
/// Writes batches to the segment in use and begins the next one when it has its size. Of one thread. What a failed write left behind is taken back before
/// anything else is written, so that a journal never goes on behind bytes that nobody knows.
/// </summary>
sealed class SegmentWriter(FileJournalSettings settings, SegmentPlaces places, Func<string, ISegmentFile> create, JournalHead head) : IDisposable
{
    /// <summary>A buffer that grew beyond this for one large batch is given up after it.</summary>
    const int BufferBytesKept = 1 << 20;

    ArrayBufferWriter<byte> _buffer = new(64 * 1024);
    ISegmentFile? _segment;
    long _segmentFirst;
    long _goodLength;
    bool _isTorn;

    /// <summary>The last record written whole.</summary>
    public JournalHead Written { get; private set; } = head;

    /// <summary>The last record that the disk has.</summary>
    public JournalHead Durable { get; private set; } = head;

    /// <summary>Goes on in a segment that is there.</summary>
    public void Continue(long first, ISegmentFile segment) => (_segment, _segmentFirst, _goodLength) = (segment, first, segment.Length);

    /// <summary>Writes a batch, and syncs it where every batch is to be.</summary>
    public void Write(AppendBatch batch)
    {
        if (_isTorn) TakeBack();
        var segment = SegmentFor();
        _isTorn = true;
        var offset = segment.Length;
        Fill(batch, offset);
        segment.Append(_buffer.WrittenSpan);
        if (settings.Sync == JournalSync.Always) segment.Sync();
        _isTorn = false;
        _goodLength = segment.Length;
        Written = batch.Last;
        if (settings.Sync == JournalSync.Always) Durable = Written;
        if (_buffer.Capacity > BufferBytesKept) _buffer = new ArrayBufferWriter<byte>(64 * 1024);
    }

    /// <summary>Returns when the disk has everything written so far.</summary>
    public void Sync()
    {
        if (_isTorn) TakeBack();
        if (Durable.Revision == Written.Revision) return;
        _segment?.Sync();
        Durable = Written;
    }

    /// <summary>Takes back what a failed write left. Until that works nothing else is written.</summary>
    public void TakeBack()
    {
        if (_segment is not { } segment) return;
        places.Forget(_segmentFirst);
        segment.CutTo(_goodLength);
        segment.Sync();
        _isTorn = false;
        Durable = Written;
    }

    public void Dispose() => _segment?.Dispose();

    ISegmentFile SegmentFor()
    {
        if (_segment is { } current && (current.Length < settings.SegmentBytesMax || current.Length <= SegmentHeader.Bytes)) return current;
        if (_segment is not null)
        {
            // Only the last segment may have an end that is not on disk.
            Sync();
            _segment.Dispose();
            _segment = null;
        }
        var first = Written.Revision + 1;
        var path = JournalFolder.SegmentPath(settings.Folder, first);
        // What is there is a segment that was begun and never got its head: its creation failed half-way.
        if (File.Exists(path)) File.Delete(path);
        var segment = create(path);
        try
        {
            segment.Append(new SegmentHeader(first, Written.Hash).Write());
        }
        catch
        {
            segment.Dispose();
            throw;
        }
        (_segment, _segmentFirst, _goodLength) = (segment, first, segment.Length);
        return segment;
    }

    void Fill(AppendBatch batch, long offset)
    {
        _buffer.ResetWrittenCount();
        Span<byte> context = stackalloc byte[Keyring.ContextBytes];
        foreach (var record in batch.Records)
        {
            places.Note(_segmentFirst, record.Revision, offset + _buffer.WrittenCount);
            var payload = record.Payload.Span;
            var length = settings.Keys is null ? payload.Length : Keyring.SealedBytes(payload.Length);
            var frame = _buffer.GetSpan(FrameHeader.Bytes + length)[..(FrameHeader.Bytes + length)];
            var stored = frame[FrameHeader.Bytes..];
            var key = settings.Keys?.Newest ?? Keyring.NoKey;
            if (settings.Keys is { } keys)
            {
                Keyring.WriteContext(context, record.Revision, key);
                keys.Seal(payload, context, stored);
            }
            else payload.CopyTo(stored);
            FrameHeader.Write(frame, record.Revision, Durable.Revision, key, stored);
            _buffer.Advance(frame.Length);
        }
    }
}
