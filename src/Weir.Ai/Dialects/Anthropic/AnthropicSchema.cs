using System.Text.Json;

namespace Weir.Ai;

/// <summary>A JSON Schema in the form that Anthropic's structured output takes: every object says that it has no other properties.</summary>
static class AnthropicSchema
{
    /// <summary>Writes the schema of an answer.</summary>
    public static void Write(Utf8JsonWriter writer, JsonText schema)
    {
        using var document = LooseJson.Parse(schema.Utf8);
        if (document is null) writer.WriteRawValue("""{"type":"object","additionalProperties":false}"""u8);
        else WriteClosed(writer, document.RootElement);
    }

    /// <summary>Writes the schema of a tool's arguments, which must be an object's.</summary>
    public static void WriteParameters(Utf8JsonWriter writer, JsonText schema)
    {
        using var document = schema.IsEmpty ? null : LooseJson.Parse(schema.Utf8);
        if (document?.RootElement is not { ValueKind: JsonValueKind.Object } root)
        {
            writer.WriteRawValue("""{"type":"object","properties":{}}"""u8);
            return;
        }
        if (root.TryGetProperty("type"u8, out _))
        {
            schema.WriteTo(writer);
            return;
        }
        writer.WriteStartObject();
        writer.WriteString("type"u8, "object"u8);
        foreach (var field in root.EnumerateObject()) field.WriteRaw(writer);
        writer.WriteEndObject();
    }

    static void WriteClosed(Utf8JsonWriter writer, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var field in value.EnumerateObject())
                {
                    writer.WritePropertyName(field.Name);
                    if (field.NameEquals("enum"u8) || field.NameEquals("const"u8)) field.Value.WriteRaw(writer);
                    else WriteClosed(writer, field.Value);
                }
                if (value.TextField("type"u8) == "object" && value.ObjectField("properties"u8) is not null && value.Field("additionalProperties"u8) is null)
                    writer.WriteBoolean("additionalProperties"u8, false);
                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray()) WriteClosed(writer, item);
                writer.WriteEndArray();
                break;
            default:
                value.WriteRaw(writer);
                break;
        }
    }
}
