namespace Weir.Telemetry;

/// <summary>Where a log goes. Called by one writer at a time.</summary>
interface ILogSink : IDisposable
{
    /// <summary>Hands the lines to the operating system; throws <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>.</summary>
    ValueTask WriteAsync(ReadOnlyMemory<byte> lines);

    /// <summary>Asks for the destination to be opened again before the next write; any thread may ask.</summary>
    void Reopen();
}

/// <summary>Opens what a path in a configuration names.</summary>
static class LogSinks
{
    /// <summary>
    /// The sink of a path. The standard streams are taken as such and not opened as files: <c>/dev/stdout</c> is often a pipe that cannot be opened again.
    /// </summary>
    public static ILogSink Open(string path, bool reopenAlways = false) => path switch
    {
        "" or "/dev/stdout" => new ConsoleSink(Console.OpenStandardOutput()),
        "/dev/stderr" => new ConsoleSink(Console.OpenStandardError()),
        _ => new FileSink(path) { ReopenAlways = reopenAlways },
    };
}
