using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Primitives;

namespace Weir.Telemetry;

/// <summary>
/// Formats the lines of the access log, straight from the exchange to UTF-8. No header is logged but User-Agent and Referer, so no secret can be.
/// One object per thread: it is reused for every line.
/// </summary>
[SuppressMessage("Reliability", "CA1001", Justification = "A Utf8JsonWriter over a buffer of ours holds nothing that must be released.")]
sealed partial class AccessLine
{
    static readonly JsonWriterOptions Options = new()
    {
        // Lines are read by log tools, not by browsers: only what JSON itself demands is escaped.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    readonly LineBuffer _buffer = new();
    readonly Utf8JsonWriter _json;

    public AccessLine() => _json = new Utf8JsonWriter(_buffer, Options);

    /// <summary>The line as JSON with its line end; valid until the next line.</summary>
    public ReadOnlySpan<byte> Json(Exchange exchange, bool logsQuery)
    {
        _buffer.Clear();
        _json.Reset();
        _json.WriteStartObject();
        WriteRequest(exchange, logsQuery);
        WriteAnswer(exchange);
        WriteLatencies(exchange);
        WriteUpstream(exchange);
        if (exchange.Refusal is { } refusal) WriteRefusal(exchange, refusal);
        _json.WriteEndObject();
        _json.Flush();
        _buffer.Add((byte)'\n');
        return _buffer.Written;
    }

    void WriteRequest(Exchange exchange, bool logsQuery)
    {
        var headers = exchange.Http.Request.Headers;
        // Whole milliseconds: the writer prints the digits that are there.
        var at = exchange.StartedAt.UtcTicks;
        _json.WriteString(Fields.Time, new DateTime(at - (at % TimeSpan.TicksPerMillisecond), DateTimeKind.Utc));
        _json.WriteString(Fields.RequestId, exchange.RequestId);
        WriteAddress(Fields.ClientIp, exchange.ClientIp);
        _json.WriteString(Fields.Method, exchange.Method);
        _json.WriteString(Fields.Scheme, exchange.Scheme);
        WriteFirst(Fields.Host, headers.Host);
        _json.WriteString(Fields.Path, Path(exchange));
        if (logsQuery && Query(exchange) is { Length: > 0 } query) _json.WriteString(Fields.Query, query);
        _json.WriteString(Fields.Protocol, exchange.Http.Request.Protocol);
        WriteFirst(Fields.UserAgent, headers.UserAgent);
        if (TlsVersion(exchange) is { } tls) _json.WriteString(Fields.Tls, tls);
    }

    void WriteAnswer(Exchange exchange)
    {
        _json.WriteNumber(Fields.Status, exchange.Http.Response.StatusCode);
        _json.WriteString(Fields.Source, AnswerSources.Label(exchange.Source));
        _json.WriteNumber(Fields.Bytes, exchange.ResponseBytes);
        _json.WriteNumber(Fields.RequestBytes, exchange.RequestBytes);
        if (exchange.Route is { } route) _json.WriteString(Fields.Route, route.Label);
        if (exchange.Service is { } service) _json.WriteString(Fields.Service, service.Label);
        if (exchange.Consumer is { } consumer) _json.WriteString(Fields.Consumer, consumer.Username ?? consumer.CustomId ?? consumer.Id);
    }

    void WriteLatencies(Exchange exchange)
    {
        WriteMs(Fields.GatewayMs, exchange.GatewayLatency);
        if (exchange.UpstreamLatency is { } upstream) WriteMs(Fields.UpstreamMs, upstream);
        WriteMs(Fields.TotalMs, exchange.Elapsed);
    }

    void WriteUpstream(Exchange exchange)
    {
        var tries = exchange.Tries;
        if (tries.Count == 0) return;
        var last = tries[^1];
        _json.WriteNumber(Fields.Tries, tries.Count);
        if (last.Address is not { } address) return;
        Span<byte> text = stackalloc byte[64];
        var length = Endpoint(address, last.Port, text);
        _json.WriteString(Fields.Upstream, text[..length]);
        if (exchange.UpstreamStatus > 0) _json.WriteNumber(Fields.UpstreamStatus, exchange.UpstreamStatus);
    }

    void WriteRefusal(Exchange exchange, string reason)
    {
        _json.WriteString(Fields.Reason, reason);
        if (exchange.Http.Connection is not { LocalIpAddress: { } address } connection) return;
        Span<byte> text = stackalloc byte[64];
        var length = Endpoint(address, connection.LocalPort, text);
        _json.WriteString(Fields.Listener, text[..length]);
    }

    void WriteAddress(JsonEncodedText name, IPAddress address)
    {
        Span<byte> text = stackalloc byte[64];
        address.TryFormat(text, out var length);
        _json.WriteString(name, text[..length]);
    }

    void WriteFirst(JsonEncodedText name, StringValues values)
    {
        if (values.Count > 0) _json.WriteString(name, values[0]);
    }

    void WriteMs(JsonEncodedText name, TimeSpan time)
    {
        Span<byte> text = stackalloc byte[32];
        _json.WritePropertyName(name);
        _json.WriteRawValue(text[..Milliseconds(time, text)], skipInputValidation: true);
    }

    static ReadOnlySpan<char> Path(Exchange exchange)
    {
        var target = exchange.RawTarget.AsSpan();
        var mark = target.IndexOf('?');
        return mark < 0 ? target : target[..mark];
    }

    static ReadOnlySpan<char> Query(Exchange exchange)
    {
        var target = exchange.RawTarget.AsSpan();
        var mark = target.IndexOf('?');
        return mark < 0 ? default : target[(mark + 1)..];
    }

    static string? TlsVersion(Exchange exchange) => exchange.Http.Features.Get<ITlsHandshakeFeature>() is { } tls ? TlsVersions.Label(tls.Protocol) : null;

    static int Endpoint(IPAddress address, int port, Span<byte> text)
    {
        var bracketed = address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;
        var length = 0;
        if (bracketed) text[length++] = (byte)'[';
        address.TryFormat(text[length..], out var written);
        length += written;
        if (bracketed) text[length++] = (byte)']';
        text[length++] = (byte)':';
        port.TryFormat(text[length..], out written);
        return length + written;
    }

    /// <summary>Milliseconds with three decimals, without the cost of formatting a floating-point number.</summary>
    static int Milliseconds(TimeSpan time, Span<byte> text)
    {
        var micros = Math.Max(0, time.Ticks / TimeSpan.TicksPerMicrosecond);
        (micros / 1000).TryFormat(text, out var length);
        var rest = (int)(micros % 1000);
        text[length++] = (byte)'.';
        text[length++] = (byte)('0' + (rest / 100));
        text[length++] = (byte)('0' + (rest / 10 % 10));
        text[length++] = (byte)('0' + (rest % 10));
        return length;
    }

    /// <summary>Names of the fields, encoded once.</summary>
    static class Fields
    {
        public static readonly JsonEncodedText Time = JsonEncodedText.Encode("time");
        public static readonly JsonEncodedText RequestId = JsonEncodedText.Encode("request_id");
        public static readonly JsonEncodedText ClientIp = JsonEncodedText.Encode("client_ip");
        public static readonly JsonEncodedText Method = JsonEncodedText.Encode("method");
        public static readonly JsonEncodedText Scheme = JsonEncodedText.Encode("scheme");
        public static readonly JsonEncodedText Host = JsonEncodedText.Encode("host");
        public static readonly JsonEncodedText Path = JsonEncodedText.Encode("path");
        public static readonly JsonEncodedText Query = JsonEncodedText.Encode("query");
        public static readonly JsonEncodedText Protocol = JsonEncodedText.Encode("protocol");
        public static readonly JsonEncodedText UserAgent = JsonEncodedText.Encode("user_agent");
        public static readonly JsonEncodedText Tls = JsonEncodedText.Encode("tls");
        public static readonly JsonEncodedText Status = JsonEncodedText.Encode("status");
        public static readonly JsonEncodedText Source = JsonEncodedText.Encode("source");
        public static readonly JsonEncodedText Bytes = JsonEncodedText.Encode("bytes");
        public static readonly JsonEncodedText RequestBytes = JsonEncodedText.Encode("request_bytes");
        public static readonly JsonEncodedText Route = JsonEncodedText.Encode("route");
        public static readonly JsonEncodedText Service = JsonEncodedText.Encode("service");
        public static readonly JsonEncodedText Consumer = JsonEncodedText.Encode("consumer");
        public static readonly JsonEncodedText GatewayMs = JsonEncodedText.Encode("gateway_ms");
        public static readonly JsonEncodedText UpstreamMs = JsonEncodedText.Encode("upstream_ms");
        public static readonly JsonEncodedText TotalMs = JsonEncodedText.Encode("total_ms");
        public static readonly JsonEncodedText Tries = JsonEncodedText.Encode("tries");
        public static readonly JsonEncodedText Upstream = JsonEncodedText.Encode("upstream");
        public static readonly JsonEncodedText UpstreamStatus = JsonEncodedText.Encode("upstream_status");
        public static readonly JsonEncodedText Reason = JsonEncodedText.Encode("reason");
        public static readonly JsonEncodedText Listener = JsonEncodedText.Encode("listener");
    }
}
