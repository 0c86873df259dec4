using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Weir.Control;

/// <summary>One entity before and after.</summary>
/// <param name="Workspace">The workspace it stands in.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Id">Its id.</param>
/// <param name="Before">The whole entity as it was; null when it was not there.</param>
/// <param name="After">The whole entity as it is; null when it is gone.</param>
sealed record Change(Guid Workspace, ControlKind Kind, Guid Id, ReadOnlyMemory<byte>? Before, ReadOnlyMemory<byte>? After)
{
    /// <summary>
    /// The transaction that wrote what was before: from one to the next, an entity's history is found without reading everybody's. Null for none.
    /// </summary>
    public long? BeforeRevision { get; init; }
}

/// <summary>Who changes something, from where and why.</summary>
/// <param name="Name">The user or service account; <c>anonymous</c> where nobody has to prove who calls.</param>
/// <param name="Address">Where the request came from.</param>
/// <param name="RequestId">The request's id, as it stands in the answer.</param>
/// <param name="Reason">What the author says of it; empty for nothing.</param>
sealed record Author(string Name, string Address = "", string RequestId = "", string Reason = "")
{
    /// <summary>What the author may change: everything, unless a request says otherwise.</summary>
    public Rights Rights { get; init; } = Rights.Everything;
}

/// <summary>Changes that took effect together: one record of the journal.</summary>
sealed record Transaction(long Revision, DateTimeOffset At, Author Author, IReadOnlyList<Change> Changes)
{
    static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>As a record that follows another.</summary>
    public JournalRecord ToRecord(JournalHead previous)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, Readable)) Write(json, previous);
        return new JournalRecord(Revision, buffer.WrittenMemory, SHA256.HashData(buffer.WrittenSpan));
    }

    /// <exception cref="JournalBrokenException">The record is no transaction of this version.</exception>
    public static Transaction Read(JournalRecord record)
    {
        try
        {
            using var json = JsonDocument.Parse(record.Payload);
            return Read(json.RootElement);
        }
        catch (Exception broken) when (broken is JsonException or KeyNotFoundException or FormatException or InvalidOperationException)
        {
            throw new JournalBrokenException($"revision {record.Revision} is no transaction that this version reads: {broken.Message}");
        }
    }

    void Write(Utf8JsonWriter json, JournalHead previous)
    {
        json.WriteStartObject();
        json.WriteString("previous", Convert.ToHexStringLower(previous.Hash.Span));
        json.WriteNumber("revision", Revision);
        json.WriteString("at", At.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", CultureInfo.InvariantCulture));
        json.WriteString("actor", Author.Name);
        json.WriteString("address", Author.Address);
        json.WriteString("request_id", Author.RequestId);
        json.WriteString("reason", Author.Reason);
        json.WriteStartArray("changes");
        foreach (var change in Changes)
        {
            json.WriteStartObject();
            json.WriteString("workspace", change.Workspace);
            json.WriteString("kind", change.Kind.Name);
            json.WriteString("id", change.Id);
            if (change.BeforeRevision is { } revision) json.WriteNumber("before_revision", revision);
            WriteEntity(json, "before", change.Before);
            WriteEntity(json, "after", change.After);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    static void WriteEntity(Utf8JsonWriter json, string name, ReadOnlyMemory<byte>? entity)
    {
        json.WritePropertyName(name);
        if (entity is { } bytes) json.WriteRawValue(bytes.Span, skipInputValidation: true);
        else json.WriteNullValue();
    }

    static Transaction Read(JsonElement json)
    {
        var author = new Author(Text(json, "actor"), Text(json, "address"), Text(json, "request_id"), Text(json, "reason"));
        List<Change> changes = [];
        foreach (var change in json.GetProperty("changes").EnumerateArray())
        {
            var name = Text(change, "kind");
            var kind = ControlKinds.Named(name) ?? throw new FormatException($"there is no kind '{name}'");
            var (workspace, id) = (change.GetProperty("workspace").GetGuid(), change.GetProperty("id").GetGuid());
            var before = change.TryGetProperty("before_revision", out var revision) ? revision.GetInt64() : (long?)null;
            changes.Add(new Change(workspace, kind, id, Entity(change, "before"), Entity(change, "after")) { BeforeRevision = before });
        }
        return new Transaction(json.GetProperty("revision").GetInt64(), json.GetProperty("at").GetDateTimeOffset(), author, changes);
    }

    static string Text(JsonElement json, string name) => json.GetProperty(name).GetString() ?? "";

    static ReadOnlyMemory<byte>? Entity(JsonElement change, string name)
    {
        var entity = change.GetProperty(name);
        // An array that is null would become memory that is there and empty.
        if (entity.ValueKind == JsonValueKind.Null) return null;
        return System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(entity).ToArray();
    }
}
