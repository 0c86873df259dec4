using Microsoft.Extensions.Logging;

namespace Weir.Telemetry;

/// <summary>One line per request. Writing a line allocates nothing and never waits.</summary>
sealed class AccessLog : IAsyncDisposable
{
    [ThreadStatic]
    static AccessLine? s_line;

    readonly LogWriter _writer;
    readonly bool _isText;
    readonly bool _logsQuery;

    public AccessLog(LogWriter writer, AccessLogFormat format, bool logsQuery) =>
        (_writer, _isText, _logsQuery) = (writer, format == AccessLogFormat.Text, logsQuery);

    /// <summary>The log that the settings describe, or null when they turn it off.</summary>
    public static AccessLog? Open(AccessLogSettings settings, MetricRegistry metrics, TimeProvider time, ILogger log)
    {
        if (settings.Format == AccessLogFormat.Off) return null;
        var how = new LogSettings { Name = "access", QueueBytesMax = settings.QueueBytesMax, FlushInterval = settings.FlushInterval };
        return new AccessLog(new LogWriter(LogSinks.Open(settings.File), how, metrics, time, log), settings.Format, settings.LogsQuery);
    }

    /// <summary>Logs an exchange that is over and settled.</summary>
    public void Write(Exchange exchange)
    {
        var line = s_line ??= new AccessLine();
        _writer.TryAdd(_isText ? line.Text(exchange, _logsQuery) : line.Json(exchange, _logsQuery));
    }

    /// <summary>Opens the file again: what SIGHUP asks for after a rotation.</summary>
    public void Reopen() => _writer.Reopen();

    public ValueTask DisposeAsync() => _writer.DisposeAsync();
}
