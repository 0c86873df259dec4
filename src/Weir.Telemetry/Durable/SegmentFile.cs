using Microsoft.Win32.SafeHandles;

namespace Weir.Telemetry;

/// <summary>A file that is only appended to. Tests put one in its place that fails.</summary>
interface ISegmentFile : IDisposable
{
    /// <summary>Bytes that were appended whole.</summary>
    long Length { get; }

    /// <summary>Appends all of it, or throws; what was appended in part is taken back where that is possible.</summary>
    void Append(ReadOnlySpan<byte> bytes);

    /// <summary>Returns when the disk has everything.</summary>
    void Sync();

    /// <summary>Takes back what was appended after a length. Durable after the next sync.</summary>
    void CutTo(long length);
}

/// <summary>A segment on disk.</summary>
sealed class SegmentFile : ISegmentFile
{
    const UnixFileMode ModeDefault = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;

    readonly SafeFileHandle _handle;

    SegmentFile(SafeFileHandle handle, long length) => (_handle, Length) = (handle, length);

    public long Length { get; private set; }

    /// <summary>Makes a file that does not exist yet, and lets the disk know that it does.</summary>
    public static SegmentFile Create(string path) => Create(path, ModeDefault);

    public static SegmentFile Create(string path, UnixFileMode mode)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        Directory.CreateDirectory(folder);
        var handle = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read);
        try
        {
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(handle, mode);
            FolderSync.Run(folder);
            return new SegmentFile(handle, 0);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Goes on where a file ends.</summary>
    public static SegmentFile Continue(string path)
    {
        var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Write, FileShare.Read);
        return new SegmentFile(handle, RandomAccess.GetLength(handle));
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        try
        {
            RandomAccess.Write(_handle, bytes, Length);
            Length += bytes.Length;
        }
        catch (IOException)
        {
            TakeBack();
            throw;
        }
    }

    public void Sync() => RandomAccess.FlushToDisk(_handle);

    public void CutTo(long length)
    {
        RandomAccess.SetLength(_handle, length);
        Length = length;
    }

    public void Dispose() => _handle.Dispose();

    void TakeBack()
    {
        try
        {
            RandomAccess.SetLength(_handle, Length);
        }
        catch (IOException)
        {
            // Readers pass over what is not whole.
        }
    }
}
