using Weir.Config;
using Weir.Control;

namespace Weir.Server;

/// <summary>Where a command reads and writes; <c>-</c> is standard input or output.</summary>
sealed record Terminal(TextReader Input, TextWriter Output, TextWriter Error)
{
    const string Standard = "-";

    /// <summary>A file's text, at most as much as configuration may be; null after a problem was reported.</summary>
    public FileSource? Read(string path, Report report)
    {
        if (path == Standard) return new FileSource(Standard, Input.ReadToEnd());
        return SourceFiles.Read(path, new ReadLimits(), report) is { } text ? new FileSource(path, text) : null;
    }

    /// <summary>Writes a file; 1 after a problem was printed.</summary>
    public int Write(string path, string text)
    {
        try
        {
            if (path == Standard) Output.Write(text);
            else File.WriteAllText(path, text);
            return 0;
        }
        catch (Exception unwritable) when (unwritable is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            Error.WriteLine($"{path}: cannot be written: {unwritable.Message}");
            return 1;
        }
    }
}
