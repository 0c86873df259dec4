using System.Runtime.InteropServices;
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
}

/// <summary>A segment on disk.</summary>
sealed class SegmentFile : ISegmentFile
{
    const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;

    readonly SafeFileHandle _handle;

    SegmentFile(SafeFileHandle handle) => _handle = handle;

    public long Length { get; private set; }

    /// <summary>Makes a file that does not exist yet, and lets the disk know that it does.</summary>
    public static SegmentFile Create(string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        Directory.CreateDirectory(folder);
        var handle = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(handle, Mode);
        SyncFolder(folder);
        return new SegmentFile(handle);
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

    public void Dispose() => _handle.Dispose();

    void TakeBack()
    {
        try
        {
            RandomAccess.SetLength(_handle, Length);
        }
        catch (IOException)
        {
            // The reader passes over what is not a whole line.
        }
    }

    // A new file is there after a loss of power only once its folder is on disk too, and .NET opens no folders.
    static void SyncFolder(string folder)
    {
        if (!OperatingSystem.IsLinux()) return;
        var descriptor = Open(folder, 0);
        if (descriptor < 0) return;
        _ = Fsync(descriptor);
        _ = Close(descriptor);
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    static extern int Fsync(int descriptor);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    static extern int Close(int descriptor);
}
