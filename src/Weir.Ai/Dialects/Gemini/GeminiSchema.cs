using System.Globalization;
using System.Text.Json;

namespace Weir.Ai;

/// <summary>
/// Turns Gemini's own schemas (<c>parameters</c>, <c>responseSchema</c>: an OpenAPI 3.0 subset with types in capitals) into JSON Schema. The other direction
/// is never needed: Gemini takes JSON Schema itself, as <c>parametersJsonSchema</c> and <c>responseJsonSchema</c>, and ignores keywords that it does not
/// know; so every schema is written there, and nothing of it is lost.
/// </summary>
static class GeminiSchema
{
    public static JsonText ToJsonSchema(JsonElement schema) => WireJson.Build(json => Write(json, schema));

    static void Write(Utf8JsonWriter json, JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object)
        {
            json.WriteJson(schema);
            return;
        }
        var isNullable = schema.TryGetProperty("nullable", out var nullable) && nullable.ValueKind == JsonValueKind.True;
        json.WriteStartObject();
        foreach (var property in schema.EnumerateObject()) WriteKeyword(json, schema, property, isNullable);
        json.WriteEndObject();
    }

    static void WriteKeyword(Utf8JsonWriter json, JsonElement schema, JsonProperty property, bool isNullable)
    {
        var value = property.Value;
        switch (property.Name)
        {
            case "type":
                WriteType(json, value, isNullable);
                break;
            case "nullable" or "propertyOrdering" or "property_ordering":
                break;
            case "example":
                json.WriteStartArray("examples");
                json.WriteJson(value);
                json.WriteEndArray();
                break;
            case "properties" or "defs" or "$defs" when value.ValueKind == JsonValueKind.Object:
                json.WriteStartObject(property.Name == "defs" ? "$defs" : property.Name);
                foreach (var name in Ordered(schema, value))
                {
                    json.WritePropertyName(name);
                    Write(json, value.GetProperty(name));
                }
                json.WriteEndObject();
                break;
            case "anyOf" or "any_of":
                json.WriteStartArray("anyOf");
                if (value.ValueKind == JsonValueKind.Array)
                    foreach (var one in value.EnumerateArray()) Write(json, one);
                if (isNullable && !schema.TryGetProperty("type", out _)) WriteNullType(json);
                json.WriteEndArray();
                break;
            case "items" or "additionalProperties" or "additional_properties":
                json.WritePropertyName(property.Name == "items" ? "items" : "additionalProperties");
                Write(json, value);
                break;
            case "ref":
                json.WritePropertyName("$ref");
                json.WriteJson(value);
                break;
            case "enum" when isNullable && value.ValueKind == JsonValueKind.Array:
                json.WriteStartArray("enum");
                foreach (var one in value.EnumerateArray()) json.WriteJson(one);
                json.WriteNullValue();
                json.WriteEndArray();
                break;
            default:
                WriteOther(json, property);
                break;
        }
    }

    /// <summary>Counts are int64 in Google's definition, which its JSON writes as text.</summary>
    static void WriteOther(Utf8JsonWriter json, JsonProperty property)
    {
        var name = property.Name switch
        {
            "min_items" => "minItems",
            "max_items" => "maxItems",
            "min_length" => "minLength",
            "max_length" => "maxLength",
            "min_properties" => "minProperties",
            "max_properties" => "maxProperties",
            var other => other,
        };
        json.WritePropertyName(name);
        if (name.StartsWith("min", StringComparison.Ordinal) || name.StartsWith("max", StringComparison.Ordinal))
        {
            if (property.Value.ValueKind == JsonValueKind.String
                && long.TryParse(WireJson.TextOf(property.Value), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var count))
            {
                json.WriteNumberValue(count);
                return;
            }
        }
        json.WriteJson(property.Value);
    }

    static void WriteType(Utf8JsonWriter json, JsonElement type, bool isNullable)
    {
        json.WritePropertyName("type");
        if (type.ValueKind != JsonValueKind.String)
        {
            json.WriteJson(type);
            return;
        }
        var name = WireJson.TextOf(type).ToLowerInvariant();
        if (!isNullable)
        {
            json.WriteText(name);
            return;
        }
        json.WriteStartArray();
        json.WriteText(name);
        json.WriteStringValue("null"u8);
        json.WriteEndArray();
    }

    static void WriteNullType(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "null"u8);
        json.WriteEndObject();
    }

    /// <summary>JSON Schema has no order of its own: properties stand in the order that <c>propertyOrdering</c> asks for, which models follow.</summary>
    static List<string> Ordered(JsonElement schema, JsonElement properties)
    {
        List<string> names = [];
        if (schema.TryGetProperty("propertyOrdering", out var order) || schema.TryGetProperty("property_ordering", out order))
        {
            if (order.ValueKind == JsonValueKind.Array)
                foreach (var one in order.EnumerateArray())
                    if (one.ValueKind == JsonValueKind.String && properties.TryGetProperty(WireJson.TextOf(one), out _)) names.Add(WireJson.TextOf(one));
        }
        foreach (var property in properties.EnumerateObject())
            if (!names.Contains(property.Name)) names.Add(property.Name);
        return names;
    }
}
