using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Weir.Control;

/// <summary>
/// A line of the audit log: JSON, with its number and the SHA-256 of the line before, so that a line that is changed or taken out is found. The first line
/// of a log has zeros there.
/// </summary>
static class AuditLine
{
    static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static ReadOnlyMemory<byte> Of(AuditRecord record, long number, ReadOnlySpan<byte> previous)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, Readable))
        {
            json.WriteStartObject();
            json.WriteNumber("number", number);
            json.WriteString("previous", Convert.ToHexStringLower(previous));
            Write(json, record);
            json.WriteEndObject();
        }
        return buffer.WrittenMemory;
    }

    public static byte[] HashOf(ReadOnlySpan<byte> line) => SHA256.HashData(line);

    /// <summary>The number of a line and the hash that it says the line before has; null for what is no line.</summary>
    public static (long Number, string Previous)? Read(ReadOnlyMemory<byte> line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            return (json.RootElement.GetProperty("number").GetInt64(), json.RootElement.GetProperty("previous").GetString() ?? "");
        }
        catch (Exception broken) when (broken is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    static void Write(Utf8JsonWriter json, AuditRecord record)
    {
        json.WriteString("at", record.At.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
        json.WriteString("request_id", record.RequestId);
        json.WriteString("actor", record.Actor);
        json.WriteString("address", record.Address);
        json.WriteString("method", record.Method);
        json.WriteString("path", record.Path);
        if (record.Query.Length > 0) json.WriteString("query", record.Query);
        if (record.Workspace.Length > 0) json.WriteString("workspace", record.Workspace);
        json.WriteNumber("status", record.Status);
        json.WriteString("outcome", record.Outcome);
        if (record.Message.Length > 0) json.WriteString("message", record.Message);
        if (record.Revision is { } revision) json.WriteNumber("revision", revision);
        if (record.Reason.Length > 0) json.WriteString("reason", record.Reason);
        if (record.Checkpoint is not { } checkpoint) return;
        json.WritePropertyName("checkpoint");
        json.WriteRawValue(checkpoint.ToJson());
    }
}
