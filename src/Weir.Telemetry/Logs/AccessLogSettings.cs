namespace Weir.Telemetry;

enum AccessLogFormat
{
    /// <summary>No access log.</summary>
    Off,

    /// <summary>One JSON object per line.</summary>
    Json,

    /// <summary>nginx's combined format, then request id, route, service and latencies.</summary>
    Text,
}

/// <summary>Where and how requests are logged.</summary>
sealed record AccessLogSettings
{
    public AccessLogFormat Format { get; init; } = AccessLogFormat.Json;

    /// <summary>File that lines are appended to; empty for standard output.</summary>
    public string File { get; init; } = "";

    /// <summary>
    /// Whether query strings are logged, as Kong and nginx do. Turn it off where clients put secrets into queries (key-auth's key_in_query).
    /// </summary>
    public bool LogsQuery { get; init; } = true;

    /// <summary>Bytes that may wait to be written.</summary>
    public int QueueBytesMax { get; init; } = 8 * 1024 * 1024;

    /// <summary>How long a line may wait.</summary>
    public TimeSpan FlushInterval { get; init; } = TimeSpan.FromMilliseconds(100);
}
