namespace Weir.Gateway.Plugins;

/// <summary>The record that a logging plugin sends: the log object, with the fields that its configuration adds.</summary>
static class LogRecord
{
    /// <summary>The record with a line end. Valid until this thread makes the next one.</summary>
    public static ReadOnlySpan<byte> Line(Exchange exchange, LogFields? fields)
    {
        var line = LogSerializer.SerializeLine(exchange);
        return fields is null ? line : fields.ApplyTo(line, exchange);
    }

    /// <summary>The record alone.</summary>
    public static ReadOnlySpan<byte> Json(Exchange exchange, LogFields? fields) => Line(exchange, fields)[..^1];
}
