using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Weir.Control;

/// <summary>Where the audit log is and how much of it is kept.</summary>
sealed record FileAuditSettings
{
    public required string Folder { get; init; }

    /// <summary>A file that is longer is followed by another.</summary>
    public long FileBytesMax { get; init; } = 64L << 20;

    /// <summary>Files that are kept; the oldest goes when there are more.</summary>
    public int FilesMax { get; init; } = 16;
}

/// <summary>
/// The audit log as files of JSON lines, chained by hash over all of them. A line is with the operating system before the answer goes out. A record that
/// cannot be written is logged: what it changed is in the journal all the same.
/// </summary>
sealed partial class FileAudit : IAdminAudit, IAsyncDisposable
{
    public const string Pattern = "audit-*.jsonl";

    readonly FileAuditSettings _settings;
    readonly ILogger _log;
    readonly SemaphoreSlim _oneAtATime = new(1, 1);
    FileStream _file;
    long _number;
    byte[] _previous;

    FileAudit(FileAuditSettings settings, ILogger log, FileStream file, long number, byte[] previous) =>
        (_settings, _log, _file, _number, _previous) = (settings, log, file, number, previous);

    /// <summary>Opens the log at its end. What was cut off there by a crash is cut away.</summary>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static FileAudit Open(FileAuditSettings settings, ILogger log)
    {
        Directory.CreateDirectory(settings.Folder);
        var (number, previous) = (0L, new byte[32]);
        var files = FilesOf(settings.Folder);
        foreach (var path in files.Reverse())
        {
            CutTorn(path);
            if (File.ReadLines(path).LastOrDefault(static line => line.Length > 0) is not { } last) continue;
            var bytes = System.Text.Encoding.UTF8.GetBytes(last);
            (number, previous) = (AuditLine.Read(bytes)?.Number ?? 0, AuditLine.HashOf(bytes));
            break;
        }
        return new FileAudit(settings, log, Append(files.Count > 0 ? files[^1] : PathOf(settings, 1)), number, previous);
    }

    /// <summary>Told of every line once it is in the file, without its end.</summary>
    public Action<ReadOnlyMemory<byte>>? Written { get; set; }

    /// <summary>The files of a log, oldest first.</summary>
    public static IReadOnlyList<string> FilesOf(string folder) => [.. Directory.GetFiles(folder, Pattern).Order(StringComparer.Ordinal)];

    public async ValueTask RecordAsync(AuditRecord record)
    {
        await _oneAtATime.WaitAsync();
        try
        {
            if (_file.Length >= _settings.FileBytesMax) Next();
            var line = AuditLine.Of(record, _number + 1, _previous);
            var bytes = new byte[line.Length + 1];
            line.CopyTo(bytes);
            bytes[^1] = (byte)'\n';
            await _file.WriteAsync(bytes);
            (_number, _previous) = (_number + 1, AuditLine.HashOf(line.Span));
            Written?.Invoke(line);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            LogLost(_log, failure, record.Actor, record.Method, record.Path, record.RequestId);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _file.DisposeAsync();
        _oneAtATime.Dispose();
    }

    void Next()
    {
        var next = Append(PathOf(_settings, _number + 1));
        _file.Dispose();
        _file = next;
        var files = FilesOf(_settings.Folder);
        foreach (var old in files.Take(Math.Max(0, files.Count - _settings.FilesMax))) File.Delete(old);
    }

    /// <summary>Only the process and its user read who called.</summary>
    static FileStream Append(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.Read | FileShare.Delete, BufferSize = 0 };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(path, options);
    }

    /// <summary>Files are named by the number of their first line.</summary>
    static string PathOf(FileAuditSettings settings, long number) =>
        Path.Combine(settings.Folder, string.Create(CultureInfo.InvariantCulture, $"audit-{number:D12}.jsonl"));

    static void CutTorn(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);
        var end = file.Length;
        while (end > 0)
        {
            file.Position = end - 1;
            if (file.ReadByte() == '\n') break;
            end--;
        }
        if (end < file.Length) file.SetLength(end);
    }

    [LoggerMessage(1, LogLevel.Error, "The audit log cannot be written: {Actor} {Method} {Path} (request {RequestId})")]
    static partial void LogLost(ILogger log, Exception failure, string actor, string method, string path, string requestId);
}
