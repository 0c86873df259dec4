namespace Weir.Telemetry;

/// <summary>Standard output or standard error.</summary>
sealed class ConsoleSink(Stream stream) : ILogSink
{
    public ValueTask WriteAsync(ReadOnlyMemory<byte> lines) => stream.WriteAsync(lines);

    public void Reopen() { }

    public void Dispose() => stream.Dispose();
}
