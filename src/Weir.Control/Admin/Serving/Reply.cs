using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Weir.Control;

/// <summary>What a request is answered with.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Body">The body; empty for none.</param>
sealed record Reply(int Status, ReadOnlyMemory<byte> Body = default)
{
    /// <summary>Answers are for programs and people, never part of a web page: nothing needs to be escaped for one.</summary>
    public static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    static readonly JsonWriterOptions ReadableWriter = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Reply NoContent { get; } = new(204);

    public static Reply NotFound { get; } = Message(404, "Not found");

    public static Reply NotAllowed { get; } = Message(405, "Method not allowed");

    public string ContentType { get; init; } = "application/json; charset=utf-8";

    /// <summary>Further headers.</summary>
    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>Writes a body that has no end known beforehand; null when <see cref="Body"/> is all.</summary>
    public Func<HttpResponse, CancellationToken, Task>? Stream { get; init; }

    /// <summary>What a refusal says; empty for anything else.</summary>
    public string WhyNot
    {
        get
        {
            if (Status < 400 || Body.IsEmpty) return "";
            try
            {
                return (JsonNode.Parse(Body.Span) as JsonObject)?["message"]?.ToString() ?? "";
            }
            catch (JsonException)
            {
                return "";
            }
        }
    }

    public static Reply Message(int status, string message) => Json(status, new JsonObject { ["message"] = message });

    public static Reply Json(int status, JsonNode body) => new(status, JsonSerializer.SerializeToUtf8Bytes(body, Readable));

    public static Reply Write(int status, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, ReadableWriter)) write(json);
        return new Reply(status, buffer.WrittenMemory);
    }

    public static Reply Of(Refusal refusal) => Json(refusal.Status, OfRefusal(refusal));

    /// <summary>The first refusal as Kong would have it; the rest beside it.</summary>
    public static Reply Of(IReadOnlyList<Refusal> refusals)
    {
        var body = OfRefusal(refusals[0]);
        if (refusals.Count > 1) body["refusals"] = List(refusals);
        return Json(refusals[0].Status, body);
    }

    public static JsonArray List(IEnumerable<Refusal> refusals) => new([.. refusals.Select(static refusal =>
    {
        var one = OfRefusal(refusal);
        if (refusal.Entity.Length > 0) one["entity"] = refusal.Entity;
        return (JsonNode)one;
    })]);

    static JsonObject OfRefusal(Refusal refusal)
    {
        if (refusal.Code == 0) return new JsonObject { ["message"] = refusal.Message };
        // Kong calls what is wrong with a query's parameters its options.
        var place = refusal.Code == 11 ? "options" : "fields";
        return new JsonObject
        {
            ["code"] = refusal.Code,
            ["name"] = refusal.Name,
            ["message"] = refusal.Message,
            [place] = refusal.Fields?.DeepClone() ?? new JsonObject(),
        };
    }
}
