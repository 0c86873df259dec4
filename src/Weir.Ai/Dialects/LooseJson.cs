using System.Runtime.InteropServices;
using System.Text.Json;

namespace Weir.Ai;

/// <summary>Reads what a provider answers: a field of another type than expected counts as absent, because an answer is not refused for it.</summary>
static class LooseJson
{
    static readonly JsonDocumentOptions Options = new() { MaxDepth = WireObject.DepthMax };

    /// <summary>Parses a document. Null when it is not JSON.</summary>
    public static JsonDocument? Parse(ReadOnlyMemory<byte> json)
    {
        if (!LooseText.IsSound(json.Span)) return null;
        try
        {
            return JsonDocument.Parse(json, Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Parses one event of a stream. Null when it is not JSON.</summary>
    public static JsonDocument? Parse(ReadOnlySpan<byte> json)
    {
        if (!LooseText.IsSound(json)) return null;
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = WireObject.DepthMax });
            var document = JsonDocument.ParseValue(ref reader);
            if (!reader.Read()) return document;
            document.Dispose();
            return null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Writes a value as it came.</summary>
    public static void WriteRaw(this JsonElement element, Utf8JsonWriter writer) =>
        writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(element), skipInputValidation: true);

    /// <summary>Writes a field as it came.</summary>
    public static void WriteRaw(this JsonProperty field, Utf8JsonWriter writer)
    {
        writer.WritePropertyName(field.Name);
        field.Value.WriteRaw(writer);
    }

    /// <summary>A field that is there and not null.</summary>
    public static JsonElement? Field(this JsonElement element, ReadOnlySpan<byte> name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public static JsonElement? ObjectField(this JsonElement element, ReadOnlySpan<byte> name) =>
        element.Field(name) is { ValueKind: JsonValueKind.Object } value ? value : null;

    public static JsonElement? ArrayField(this JsonElement element, ReadOnlySpan<byte> name) =>
        element.Field(name) is { ValueKind: JsonValueKind.Array } value ? value : null;

    public static string? TextField(this JsonElement element, ReadOnlySpan<byte> name) =>
        element.Field(name) is { ValueKind: JsonValueKind.String } value ? WireJson.TextOf(value) : null;

    public static long? LongField(this JsonElement element, ReadOnlySpan<byte> name) =>
        element.Field(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out var number) ? number : null;
}
