using System.Globalization;
using Microsoft.Extensions.Primitives;

namespace Weir.Telemetry;

sealed partial class AccessLine
{
    /// <summary>
    /// The line in nginx's combined format, followed by request id, route, service and the latencies total, upstream, gateway in milliseconds.
    /// What a client sent is escaped as nginx does: <c>"</c>, <c>\</c> and control characters as <c>\xHH</c>, so that a line cannot be forged.
    /// </summary>
    public ReadOnlySpan<byte> Text(Exchange exchange, bool logsQuery)
    {
        var request = exchange.Http.Request;
        _buffer.Clear();
        Put(exchange.ClientIp);
        _buffer.Add(" - "u8);
        PutWord(exchange.Consumer is { } consumer ? consumer.Username ?? consumer.CustomId ?? consumer.Id : null);
        _buffer.Add(" ["u8);
        Put(exchange.StartedAt.UtcDateTime, "dd/MMM/yyyy:HH:mm:ss +0000");
        _buffer.Add("] \""u8);
        PutEscaped(exchange.Method);
        _buffer.Add((byte)' ');
        PutEscaped(logsQuery ? exchange.RawTarget : Path(exchange));
        _buffer.Add((byte)' ');
        PutEscaped(request.Protocol);
        _buffer.Add("\" "u8);
        Put(exchange.Http.Response.StatusCode);
        _buffer.Add((byte)' ');
        Put(exchange.ResponseBytes);
        PutQuoted(request.Headers.Referer);
        PutQuoted(request.Headers.UserAgent);
        PutField(exchange.RequestId);
        PutField(exchange.Route?.Label);
        PutField(exchange.Service?.Label);
        PutMs(exchange.Elapsed);
        PutMs(exchange.UpstreamLatency);
        PutMs(exchange.GatewayLatency);
        _buffer.Add((byte)'\n');
        return _buffer.Written;
    }

    void Put<T>(T value, string? format = null) where T : IUtf8SpanFormattable
    {
        value.TryFormat(_buffer.GetSpan(64), out var written, format, CultureInfo.InvariantCulture);
        _buffer.Advance(written);
    }

    void PutQuoted(StringValues values)
    {
        _buffer.Add(" \""u8);
        if (values.Count > 0) PutEscaped(values[0]);
        else _buffer.Add((byte)'-');
        _buffer.Add((byte)'"');
    }

    void PutField(string? text)
    {
        _buffer.Add((byte)' ');
        PutWord(text);
    }

    /// <summary>A word without quotes: blanks are escaped too, or the columns would shift.</summary>
    void PutWord(string? text)
    {
        if (string.IsNullOrEmpty(text)) _buffer.Add((byte)'-');
        else PutEscaped(text, alsoBlanks: true);
    }

    void PutMs(TimeSpan? time)
    {
        _buffer.Add((byte)' ');
        if (time is { } known) _buffer.Advance(Milliseconds(known, _buffer.GetSpan(32)));
        else _buffer.Add((byte)'-');
    }

    void PutEscaped(ReadOnlySpan<char> text, bool alsoBlanks = false)
    {
        Span<byte> utf8 = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            var value = rune.Value;
            if (value is '"' or '\\' or < 0x20 or 0x7f || (alsoBlanks && value == ' '))
            {
                _buffer.Add("\\x"u8);
                value.TryFormat(_buffer.GetSpan(2), out _, "X2", CultureInfo.InvariantCulture);
                _buffer.Advance(2);
            }
            else if (value < 0x80) _buffer.Add((byte)value);
            else _buffer.Add(utf8[..rune.EncodeToUtf8(utf8)]);
        }
    }
}
