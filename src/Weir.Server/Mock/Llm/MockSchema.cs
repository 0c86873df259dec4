using System.Text.Json;
using System.Text.Json.Nodes;

namespace Weir.Server;

/// <summary>
/// Makes the smallest value that a JSON Schema (or a Gemini one: types in capitals) allows: only required properties, the least of
/// everything.
/// </summary>
static class MockSchema
{
    const int DepthMax = 32;
    const int ItemsMax = 100;

    public static JsonNode? Instance(JsonNode? schema) => Instance(schema, schema, "value", 0);

    static JsonNode? Instance(JsonNode? node, JsonNode? root, string name, int depth)
    {
        if (depth > DepthMax || node is not JsonObject schema) return new JsonObject();
        if (schema["$ref"] is JsonValue reference) return Instance(Resolve(root, reference.ToString()), root, name, depth + 1);
        if (schema.TryGetPropertyValue("const", out var constant)) return constant?.DeepClone();
        if (schema["enum"] is JsonArray { Count: > 0 } values) return values[0]?.DeepClone();
        if (schema["examples"] is JsonArray { Count: > 0 } examples) return examples[0]?.DeepClone();
        if (schema.TryGetPropertyValue("default", out var otherwise)) return otherwise?.DeepClone();
        foreach (var choice in (string[])["anyOf", "oneOf"])
        {
            if (schema[choice] is JsonArray { Count: > 0 } options) return Instance(options[0], root, name, depth + 1);
        }
        if (schema["allOf"] is JsonArray { Count: > 0 } all) return Instance(Merge(schema, all, root), root, name, depth + 1);
        return OfType(schema, root, name, depth);
    }

    static JsonNode? OfType(JsonObject schema, JsonNode? root, string name, int depth) => TypeOf(schema) switch
    {
        "string" => Text(schema, name),
        "integer" => (long)Math.Ceiling(NumberOf(schema)),
        "number" => NumberOf(schema),
        "boolean" => true,
        "array" => Array(schema, root, name, depth),
        "null" => null,
        _ => Object(schema, root, depth),
    };

    static JsonObject Object(JsonObject schema, JsonNode? root, int depth)
    {
        var instance = new JsonObject();
        if (schema["required"] is not JsonArray required) return instance;
        foreach (var entry in required)
        {
            if (entry is null || entry.GetValueKind() != JsonValueKind.String) continue;
            var property = entry.ToString();
            instance[property] = Instance(schema["properties"]?[property], root, property, depth + 1);
        }
        return instance;
    }

    static JsonArray Array(JsonObject schema, JsonNode? root, string name, int depth)
    {
        var array = new JsonArray();
        var count = Math.Min(Number(schema, "minItems") ?? 0, ItemsMax);
        for (var i = 0; i < count; i++) array.Add(Instance(schema["items"], root, name, depth + 1));
        return array;
    }

    static string Text(JsonObject schema, string name)
    {
        var text = schema["format"]?.ToString() switch
        {
            "date-time" => "2026-01-01T00:00:00Z",
            "date" => "2026-01-01",
            "time" => "00:00:00Z",
            "email" => "mock@example.com",
            "uri" or "url" => "https://example.com/",
            "uuid" => "00000000-0000-4000-8000-000000000000",
            "ipv4" => "192.0.2.1",
            _ => name,
        };
        var (min, max) = (Number(schema, "minLength") ?? 0, Number(schema, "maxLength") ?? int.MaxValue);
        if (text.Length < min) text = text.PadRight((int)Math.Min(min, 10_000), 'x');
        return text.Length > max ? text[..(int)Math.Max(max, 0)] : text;
    }

    static double NumberOf(JsonObject schema)
    {
        if (Number(schema, "minimum") is { } minimum) return minimum;
        if (Number(schema, "exclusiveMinimum") is { } above) return above + 1;
        if (Number(schema, "maximum") is { } maximum) return Math.Min(1, maximum);
        return 1;
    }

    static double? Number(JsonObject schema, string name) =>
        schema[name] is JsonValue value && value.GetValueKind() == JsonValueKind.Number ? value.GetValue<double>() : null;

    static string TypeOf(JsonObject schema)
    {
        var type = schema["type"] is JsonArray types
            ? types.Select(static type => type?.ToString()).FirstOrDefault(static type => type is not "null") ?? "null"
            : schema["type"]?.ToString() ?? (schema.ContainsKey("items") ? "array" : "object");
        return type.ToLowerInvariant();
    }

    static JsonNode? Resolve(JsonNode? root, string reference)
    {
        if (!reference.StartsWith('#')) return null;
        var node = root;
        foreach (var part in reference[1..].Split('/', StringSplitOptions.RemoveEmptyEntries))
            node = (node as JsonObject)?[part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)];
        return node;
    }

    static JsonObject Merge(JsonObject schema, JsonArray all, JsonNode? root)
    {
        var merged = (JsonObject)schema.DeepClone();
        merged.Remove("allOf");
        foreach (var part in all)
        {
            var from = (part?["$ref"] is { } reference ? Resolve(root, reference.ToString()) : part) as JsonObject;
            foreach (var (name, value) in from ?? [])
            {
                switch (merged[name], value)
                {
                    case (JsonObject into, JsonObject more):
                        foreach (var (key, inner) in more) into[key] = inner?.DeepClone();
                        break;
                    case (JsonArray into, JsonArray more):
                        foreach (var item in more) into.Add(item?.DeepClone());
                        break;
                    default:
                        merged[name] = value?.DeepClone();
                        break;
                }
            }
        }
        return merged;
    }
}
