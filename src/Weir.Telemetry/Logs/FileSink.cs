namespace Weir.Telemetry;

/// <summary>
/// Appends to a file. The file is opened again when it was asked for, and when the open file is no longer the one that the path names: a rotation by
/// renaming needs no signal, one by truncating (copytruncate) is followed as well.
/// </summary>
sealed class FileSink(string path) : ILogSink
{
    const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    FileStream? _file;
    string? _openedAs;
    volatile bool _reopen;

    /// <summary>Opens the file anew for every write: what operators ask for where another program replaces it without a word.</summary>
    public bool ReopenAlways { get; init; }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> lines)
    {
        if (_file is null || _reopen || ReopenAlways || NameOfOpenFile() != _openedAs) Open();
        // Not FileMode.Append: .NET remembers the end it saw when it opened the file, and would leave a hole after a truncation.
        if (_file!.CanSeek) _file.Seek(0, SeekOrigin.End);
        await _file.WriteAsync(lines);
    }

    public void Reopen() => _reopen = true;

    public void Dispose() => _file?.Dispose();

    void Open()
    {
        _file?.Dispose();
        _file = null;
        _reopen = false;
        var options = new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.Write,
            Share = FileShare.ReadWrite | FileShare.Delete,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = Mode;
        _file = new FileStream(path, options);
        _openedAs = NameOfOpenFile();
    }

    /// <summary>
    /// The name under which Linux knows the open file; it changes when the file is renamed, replaced or deleted. Null elsewhere: there only a signal reopens.
    /// </summary>
    string? NameOfOpenFile() =>
        OperatingSystem.IsLinux() ? new FileInfo($"/proc/self/fd/{_file!.SafeFileHandle.DangerousGetHandle()}").LinkTarget : null;
}
