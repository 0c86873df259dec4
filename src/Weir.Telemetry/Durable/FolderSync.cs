using System.Runtime.InteropServices;

namespace Weir.Telemetry;

/// <summary>A new or renamed file is there after a loss of power only once its folder is on disk too, and .NET opens no folders.</summary>
static class FolderSync
{
    // What file systems answer that cannot sync folders: they need it as little as they can do it.
    const int InvalidArgument = 22;
    const int NotSupported = 95;

    /// <summary>Returns when the disk has the folder's list of files.</summary>
    public static void Run(string folder)
    {
        if (!OperatingSystem.IsLinux()) return;
        var descriptor = Open(folder, 0);
        if (descriptor < 0) throw new IOException($"{folder} cannot be opened: error {Marshal.GetLastPInvokeError()}");
        var failure = Fsync(descriptor) == 0 ? 0 : Marshal.GetLastPInvokeError();
        _ = Close(descriptor);
        if (failure is not (0 or InvalidArgument or NotSupported)) throw new IOException($"{folder} cannot be synced: error {failure}");
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
