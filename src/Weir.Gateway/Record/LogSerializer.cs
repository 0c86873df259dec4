using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Primitives;
using Weir.Telemetry;

namespace Weir.Gateway;

/// <summary>
/// Writes the log object of an exchange in the shape that tools of Kong read, straight to UTF-8. Authorization and Proxy-Authorization are shown as
/// REDACTED. One object per thread, reused.
/// </summary>
[SuppressMessage("Reliability", "CA1001", Justification = "A Utf8JsonWriter over a buffer of ours holds nothing that must be released.")]
sealed partial class LogSerializer
{
    /// <summary>The one workspace a gateway serves; its id is the one Kong gives its default workspace.</summary>
    public const string WorkspaceId = "0dc6f45b-8f8d-40d2-a504-473544ee190b";

    public const string WorkspaceName = "default";

    [ThreadStatic]
    static LogSerializer? s_current;

    readonly LineBuffer _buffer = new();
    readonly Utf8JsonWriter _json;

    public LogSerializer() =>
        _json = new Utf8JsonWriter(_buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });

    /// <summary>The log object of an exchange in its done phase, and a line end after it. Valid until this thread serializes the next one.</summary>
    public static ReadOnlySpan<byte> SerializeLine(Exchange exchange) => (s_current ??= new LogSerializer()).Write(exchange);

    ReadOnlySpan<byte> Write(Exchange exchange)
    {
        _buffer.Clear();
        _json.Reset();
        _json.WriteStartObject();
        WriteRequest(exchange);
        WriteUpstream(exchange);
        WriteResponse(exchange);
        WriteLatencies(exchange);
        WriteTries(exchange);
        WriteEntities(exchange);
        WriteAddress("client_ip"u8, exchange.ClientIp);
        _json.WriteNumber("started_at"u8, exchange.StartedAt.ToUnixTimeMilliseconds());
        foreach (var (name, json) in exchange.LogFields)
        {
            _json.WritePropertyName(name);
            _json.WriteRawValue(json.Span, skipInputValidation: true);
        }
        _json.WriteString("source"u8, AnswerSources.Label(exchange.Source));
        _json.WriteString("workspace"u8, WorkspaceId);
        _json.WriteString("workspace_name"u8, WorkspaceName);
        _json.WriteEndObject();
        _json.Flush();
        _buffer.Add((byte)'\n');
        return _buffer.Written;
    }

    /// <summary>Path and query as sent upstream; empty when no route matched.</summary>
    void WriteUpstream(Exchange exchange)
    {
        _json.WritePropertyName("upstream_uri"u8);
        if (exchange.Route is null) _json.WriteStringValue(""u8);
        else WriteJoined(exchange.Upstream.Path, exchange.Upstream.Query);
        // Kong writes the status as text, as nginx lists one per attempt; empty when nothing answered.
        Span<byte> status = stackalloc byte[16];
        var length = 0;
        if (exchange.UpstreamStatus > 0) exchange.UpstreamStatus.TryFormat(status, out length, default, CultureInfo.InvariantCulture);
        _json.WriteString("upstream_status"u8, status[..length]);
    }

    void WriteResponse(Exchange exchange)
    {
        _json.WriteStartObject("response"u8);
        _json.WriteNumber("status"u8, exchange.Http.Response.StatusCode);
        WriteHeaders(exchange.Http.Response.Headers, hidesCredentials: false);
        _json.WriteNumber("size"u8, exchange.ResponseBytes);
        _json.WriteEndObject();
    }

    void WriteLatencies(Exchange exchange)
    {
        _json.WriteStartObject("latencies"u8);
        _json.WriteNumber("kong"u8, Milliseconds(exchange.GatewayLatency));
        _json.WriteNumber("proxy"u8, exchange.UpstreamLatency is { } upstream ? Milliseconds(upstream) : -1);
        _json.WriteNumber("request"u8, Milliseconds(exchange.Elapsed));
        _json.WriteNumber("receive"u8, Milliseconds(exchange.UpstreamReceive ?? default));
        _json.WriteEndObject();
    }

    void WriteTries(Exchange exchange)
    {
        // Without a route there is no balancer, and the field is missing as in Kong.
        if (exchange.Route is null) return;
        _json.WriteStartArray("tries"u8);
        foreach (var attempt in exchange.Tries)
        {
            var started = attempt.StartedAt.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks;
            _json.WriteStartObject();
            if (attempt.Address is { } address) WriteAddress("ip"u8, address);
            _json.WriteNumber("port"u8, attempt.Port);
            _json.WriteNumber("balancer_start"u8, started / TimeSpan.TicksPerMillisecond);
            _json.WriteNumber("balancer_start_ns"u8, started * TimeSpan.NanosecondsPerTick);
            _json.WriteNumber("balancer_latency"u8, Milliseconds(attempt.Balancing));
            _json.WriteNumber("balancer_latency_ns"u8, attempt.Balancing.Ticks * TimeSpan.NanosecondsPerTick);
            if (attempt.Fault is not null)
            {
                _json.WriteString("state"u8, "failed"u8);
                if (attempt.Status > 0) _json.WriteNumber("code"u8, attempt.Status);
            }
            _json.WriteEndObject();
        }
        _json.WriteEndArray();
    }

    void WriteEntities(Exchange exchange)
    {
        if (exchange.Credential is { } credential)
        {
            _json.WriteStartObject("authenticated_entity"u8);
            _json.WriteString("id"u8, credential.Id);
            if (credential.ConsumerId is { } owner) _json.WriteString("consumer_id"u8, owner);
            _json.WriteEndObject();
        }
        if (exchange.Route is { } route) WriteEntity("route"u8, route.Json);
        if (exchange.Service is { } service) WriteEntity("service"u8, service.Json);
        if (exchange.Consumer is { } consumer) WriteEntity("consumer"u8, consumer.Json);
    }

    void WriteEntity(ReadOnlySpan<byte> name, ReadOnlyMemory<byte> json)
    {
        if (json.IsEmpty) return;
        _json.WritePropertyName(name);
        // Made by the house when the snapshot was built: it is JSON.
        _json.WriteRawValue(json.Span, skipInputValidation: true);
    }

    void WriteAddress(ReadOnlySpan<byte> name, IPAddress address)
    {
        Span<byte> text = stackalloc byte[64];
        address.TryFormat(text, out var length);
        _json.WriteString(name, text[..length]);
    }

    void WriteJoined(ReadOnlySpan<char> first, ReadOnlySpan<char> second)
    {
        if (second.IsEmpty)
        {
            _json.WriteStringValue(first);
            return;
        }
        _json.WriteStringValueSegment(first, isFinalSegment: false);
        _json.WriteStringValueSegment(second, isFinalSegment: true);
    }

    /// <summary>One value as text, several as an array: what Kong's header and argument tables become.</summary>
    void WriteValues(StringValues values)
    {
        if (values.Count == 1)
        {
            _json.WriteStringValue(values[0]);
            return;
        }
        _json.WriteStartArray();
        foreach (var value in values) _json.WriteStringValue(value);
        _json.WriteEndArray();
    }

    static long Milliseconds(TimeSpan time) => Math.Max(0, time.Ticks / TimeSpan.TicksPerMillisecond);
}
