namespace Weir.Control;

/// <summary>What stands at a place of a segment.</summary>
enum FrameState
{
    /// <summary>A whole record.</summary>
    Whole,

    /// <summary>The end, right behind the last record.</summary>
    End,

    /// <summary>Bytes that are no whole record.</summary>
    Damaged,
}

/// <summary>A whole record, as stored.</summary>
readonly record struct StoredFrame(long Offset, FrameHeader Header, byte[] Payload);

/// <summary>Reads a segment frame by frame, also while it is being written.</summary>
sealed class SegmentReader : IDisposable
{
    const int BufferBytes = 256 * 1024;

    readonly FileStream _file;
    readonly byte[] _head = new byte[FrameHeader.Bytes];

    SegmentReader(FileStream file, SegmentHeader? header) => (_file, Header, Offset) = (file, header, SegmentHeader.Bytes);

    /// <summary>Null when it is damaged, or was not written to its end.</summary>
    public SegmentHeader? Header { get; }

    /// <summary>Where the next frame stands.</summary>
    public long Offset { get; private set; }

    public static SegmentReader Open(string path)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, BufferBytes);
        try
        {
            var header = new byte[SegmentHeader.Bytes];
            var read = file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
            return new SegmentReader(file, SegmentHeader.Read(header.AsSpan(0, read)));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Reads on elsewhere.</summary>
    public void MoveTo(long offset) => _file.Position = Offset = offset;

    /// <summary>The next frame. Nothing is read behind a damaged one.</summary>
    public FrameState Next(out StoredFrame frame)
    {
        frame = default;
        var read = _file.ReadAtLeast(_head, _head.Length, throwOnEndOfStream: false);
        if (read == 0) return FrameState.End;
        if (FrameHeader.Read(_head.AsSpan(0, read)) is not { } header || Offset + FrameHeader.Bytes + header.Length > _file.Length) return FrameState.Damaged;
        var payload = new byte[header.Length];
        if (_file.ReadAtLeast(payload, payload.Length, throwOnEndOfStream: false) < payload.Length) return FrameState.Damaged;
        if (!FrameHeader.IsWhole(_head, payload)) return FrameState.Damaged;
        frame = new StoredFrame(Offset, header, payload);
        Offset += FrameHeader.Bytes + header.Length;
        return FrameState.Whole;
    }

    public void Dispose() => _file.Dispose();
}
