namespace Weir.Telemetry;

/// <summary>How a log is written.</summary>
sealed record LogSettings
{
    /// <summary>Name of the log in metrics: <c>access</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Bytes that may wait to be written; a line that finds no room is dropped and counted.</summary>
    public int QueueBytesMax { get; init; } = 8 * 1024 * 1024;

    /// <summary>How long lines may wait, so that many go out in one write.</summary>
    public TimeSpan FlushInterval { get; init; } = TimeSpan.FromMilliseconds(100);
}
