namespace Weir.Control;

/// <summary>Bytes at the end of the last segment that were being written when the process or the machine stopped: nobody was told of them.</summary>
/// <param name="Path">The segment.</param>
/// <param name="Offset">Where they begin; 0 when not even the segment's header is whole.</param>
/// <param name="Bytes">How many.</param>
/// <param name="Revision">The record that was being written.</param>
sealed record TornEnd(string Path, long Offset, long Bytes, long Revision)
{
    /// <summary>
    /// Tells an end that was being written from damage to what was there for good. A whole record further on that knows of this one proves damage; records of
    /// the same write do not, because a disk may write the pieces of one write in any order.
    /// </summary>
    /// <param name="path">The last segment.</param>
    /// <param name="offset">Where the first bytes stand that are no whole record.</param>
    /// <param name="revision">The record that should be there.</param>
    /// <param name="durable">The last record that the disk was known to have.</param>
    /// <exception cref="JournalBrokenException">It was there for good.</exception>
    public static TornEnd At(string path, long offset, long revision, long durable)
    {
        var place = new JournalPlace(System.IO.Path.GetFileName(path), offset, revision);
        if (revision <= durable) throw new JournalBrokenException(place, $"the record is damaged; the disk had everything up to revision {durable}");
        var tail = ReadFrom(path, offset);
        for (var at = 0; at < tail.Length; at++)
        {
            var next = tail.AsSpan(at).IndexOf(FrameHeader.Magic);
            if (next < 0) break;
            at += next;
            if (WholeAt(tail.AsSpan(at)) is { } later && later.Durable >= revision)
                throw new JournalBrokenException(place, $"the record is damaged; revision {later.Revision} stands behind it at offset {offset + at}");
        }
        return new TornEnd(path, offset, tail.Length, revision);
    }

    /// <summary>Keeps a copy of the bytes beside the journal, then cuts them off. Returns the copy's path.</summary>
    public string Cut()
    {
        var folder = System.IO.Path.GetDirectoryName(Path)!;
        var copy = FreePath($"{Path}.torn-{Offset}");
        using (var kept = new FileStream(copy, FileMode.CreateNew, FileAccess.Write))
        {
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(kept.SafeFileHandle, JournalFolder.FileMode);
            kept.Write(ReadFrom(Path, Offset));
            kept.Flush(flushToDisk: true);
        }
        if (Offset == 0) File.Delete(Path);
        else
            using (var segment = new FileStream(Path, FileMode.Open, FileAccess.Write, FileShare.Read))
            {
                segment.SetLength(Offset);
                segment.Flush(flushToDisk: true);
            }
        Telemetry.FolderSync.Run(folder);
        return copy;
    }

    static string FreePath(string path)
    {
        if (!File.Exists(path)) return path;
        for (var number = 2; ; number++)
            if (!File.Exists($"{path}.{number}")) return $"{path}.{number}";
    }

    static byte[] ReadFrom(string path, long offset)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        file.Position = offset;
        var bytes = new byte[Math.Max(0, file.Length - offset)];
        var read = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return bytes[..read];
    }

    static FrameHeader? WholeAt(ReadOnlySpan<byte> bytes)
    {
        if (FrameHeader.Read(bytes) is not { } header || bytes.Length - FrameHeader.Bytes < header.Length) return null;
        return FrameHeader.IsWhole(bytes, bytes.Slice(FrameHeader.Bytes, header.Length)) ? header : null;
    }
}
