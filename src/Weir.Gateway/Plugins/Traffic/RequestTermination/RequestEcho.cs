using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Primitives;

namespace Weir.Gateway.Plugins;

/// <summary>Describes a request and what it matched, as JSON.</summary>
static class RequestEcho
{
    /// <summary>Longest body that is shown; a longer one is shown as null.</summary>
    public const int BodyBytesMax = 1 << 20;

    static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static ReadOnlyMemory<byte> Write(Exchange exchange, string? message, ReadOnlyMemory<byte>? body)
    {
        var output = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(output, Readable);
        json.WriteStartObject();
        if (message is not null) json.WriteString("message", message);
        json.WriteStartObject("kong");
        json.WriteNumber("worker_pid", Environment.ProcessId);
        json.WriteString("hostname", Environment.MachineName);
        json.WriteEndObject();
        WriteRequest(json, exchange, body);
        WriteEntity(json, "matched_route", exchange.Route);
        WriteEntity(json, "matched_service", exchange.Service);
        json.WriteEndObject();
        json.Flush();
        return output.WrittenMemory;
    }

    static void WriteRequest(Utf8JsonWriter json, Exchange exchange, ReadOnlyMemory<byte>? body)
    {
        var request = exchange.Http.Request;
        json.WriteStartObject("request");
        json.WriteString("scheme", exchange.Scheme);
        json.WriteString("host", request.Host.Host);
        json.WriteNumber("port", request.Host.Port ?? (exchange.Scheme == "https" ? 443 : 80));
        json.WriteString("method", exchange.Method);
        json.WriteString("path", exchange.Path);
        json.WriteStartObject("headers");
        foreach (var (name, values) in request.Headers)
        {
            json.WritePropertyName(name.ToLowerInvariant());
            WriteValues(json, values);
        }
        json.WriteEndObject();
        WriteQuery(json, exchange.Upstream.Query);
        WriteBody(json, request.ContentType, body);
        json.WriteEndObject();
    }

    static void WriteQuery(Utf8JsonWriter json, string query)
    {
        var arguments = new Dictionary<string, StringValues>();
        foreach (var argument in new UrlArguments(query))
        {
            var name = argument.DecodeName();
            arguments[name] = StringValues.Concat(arguments.GetValueOrDefault(name), argument.HasValue ? argument.DecodeValue() : "");
        }
        json.WriteStartObject("query");
        foreach (var (name, values) in arguments)
        {
            json.WritePropertyName(name);
            WriteValues(json, values);
        }
        json.WriteEndObject();
    }

    static void WriteBody(Utf8JsonWriter json, string? contentType, ReadOnlyMemory<byte>? body)
    {
        if (body is not { } bytes)
        {
            json.WriteNull("raw_body");
            return;
        }
        json.WriteString("raw_body", Encoding.UTF8.GetString(bytes.Span));
        if (contentType?.Contains("application/json", StringComparison.OrdinalIgnoreCase) != true || bytes.IsEmpty) return;
        try
        {
            using var document = JsonDocument.Parse(bytes);
            json.WritePropertyName("body");
            document.RootElement.WriteTo(json);
        }
        catch (JsonException)
        {
            // What is no JSON is shown as it came, above.
        }
    }

    static void WriteEntity(Utf8JsonWriter json, string name, EntityRef? entity)
    {
        json.WritePropertyName(name);
        if (entity is null) json.WriteNullValue();
        else json.WriteRawValue(entity.Json.Span);
    }

    static void WriteValues(Utf8JsonWriter json, StringValues values)
    {
        if (values.Count == 1)
        {
            json.WriteStringValue(values[0]);
            return;
        }
        json.WriteStartArray();
        foreach (var value in values) json.WriteStringValue(value);
        json.WriteEndArray();
    }
}
