using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Weir.Ai;

/// <summary>JSON values from documents into the model and out of it, unchanged.</summary>
static class WireJson
{
    /// <summary>Parses an answer. Bytes that are no UTF-8 become U+FFFD: a model's slip costs a character, not the answer.</summary>
    public static JsonDocument Parse(ReadOnlyMemory<byte> json)
    {
        if (!Utf8.IsValid(json.Span)) json = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(json.Span));
        return JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = WireObject.DepthMax });
    }

    /// <summary>Whether reading broke on the JSON itself: it is none, or a field's name holds half a surrogate pair.</summary>
    public static bool IsBroken(Exception e) => e is JsonException or InvalidOperationException;

    /// <summary>The text of a JSON string.</summary>
    public static string TextOf(JsonElement value) => WireText.Unescape(JsonMarshal.GetRawUtf8Value(value)[1..^1]);

    /// <summary>The JSON of a value, as it came.</summary>
    public static JsonText Copy(JsonElement value) => new(JsonMarshal.GetRawUtf8Value(value).ToArray());

    public static void WriteText(this Utf8JsonWriter writer, string name, string text)
    {
        writer.WritePropertyName(name);
        WireText.Write(writer, text);
    }

    public static void WriteText(this Utf8JsonWriter writer, string text) => WireText.Write(writer, text);

    /// <summary>Writes a value as it came.</summary>
    public static void WriteJson(this Utf8JsonWriter writer, JsonElement value) =>
        writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(value), skipInputValidation: true);

    /// <summary>Writes a field as it came.</summary>
    public static void WriteJson(this Utf8JsonWriter writer, string name, JsonText json)
    {
        writer.WritePropertyName(name);
        json.WriteTo(writer);
    }

    /// <summary>Writes fields as they came.</summary>
    public static void WriteJson(this Utf8JsonWriter writer, IEnumerable<Extra> fields)
    {
        foreach (var (name, value) in fields) writer.WriteJson(name, value);
    }

    /// <summary>An object of these fields.</summary>
    public static JsonText Object(IEnumerable<Extra> fields) => Build(json =>
    {
        json.WriteStartObject();
        json.WriteJson(fields);
        json.WriteEndObject();
    });

    /// <summary>A text as JSON.</summary>
    public static JsonText Quoted(string text) => Build(json => json.WriteText(text));

    /// <summary>What is written.</summary>
    public static JsonText Build(Action<Utf8JsonWriter> write)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(output, WireText.Options)) write(json);
        return new JsonText(output.WrittenMemory.ToArray());
    }

    /// <summary>Whether the text is JSON of one object.</summary>
    public static bool IsObject(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = WireObject.DepthMax });
            return document.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            return false;
        }
    }
}
