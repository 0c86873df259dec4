using System.Buffers;
using System.Text.Json;

namespace Weir.Ai;

/// <summary>Small pieces of JSON that Anthropic's readers and writers share.</summary>
static class AnthropicJson
{
    /// <summary>An object of fields.</summary>
    public static JsonText ObjectOf(IReadOnlyList<Extra> fields)
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json, LooseText.WriterOptions))
        {
            writer.WriteStartObject();
            WriteFields(writer, fields);
            writer.WriteEndObject();
        }
        return new JsonText(json.WrittenMemory);
    }

    public static void WriteFields(Utf8JsonWriter writer, IReadOnlyList<Extra> fields)
    {
        foreach (var field in fields)
        {
            writer.WritePropertyName(field.Name);
            field.Value.WriteTo(writer);
        }
    }

    /// <summary>Writes the fields of an object into the object that is being written; nothing when it is not one.</summary>
    public static void WriteFieldsOf(Utf8JsonWriter writer, JsonText value)
    {
        using var document = LooseJson.Parse(value.Utf8);
        if (document?.RootElement.ValueKind != JsonValueKind.Object) return;
        foreach (var field in document.RootElement.EnumerateObject()) field.WriteTo(writer);
    }
}
