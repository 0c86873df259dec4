using Microsoft.Extensions.Logging;
using Weir.Telemetry;

namespace Weir.Gateway.Plugins;

/// <summary>A file that records are appended to, kept over reloads.</summary>
sealed class FileTarget : IPending, IDisposable
{
    readonly LogWriter _writer;
    readonly Deliveries _house;

    public FileTarget(string path, bool reopen, Deliveries house, ILogger log)
    {
        _house = house;
        _writer = new LogWriter(LogSinks.Open(path, reopen), new LogSettings { Name = "file-log " + path }, house.Metrics, house.Time, log);
        house.Add(this);
    }

    public void Add(ReadOnlySpan<byte> line) => _writer.TryAdd(line);

    /// <summary>Writes what waits and closes the file.</summary>
    public async Task DrainAsync(CancellationToken cancellation)
    {
        _house.Remove(this);
        await _writer.DisposeAsync().AsTask().WaitAsync(cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose()
    {
        _house.Remove(this);
        _writer.Dispose();
    }
}
