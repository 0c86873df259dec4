using System.Text.Json;
using System.Text.Json.Nodes;

namespace Weir.Ai.Tests;

/// <summary>JSON in one form, so that two texts that say the same are equal: fields sorted, those that are null left out.</summary>
static class CanonicalJson
{
    static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static string Of(string json) => Of(JsonNode.Parse(json));

    public static string Of(JsonNode? node) => Sorted(node)?.ToJsonString(Indented) ?? "null";

    static JsonNode? Sorted(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject map:
                var sorted = new JsonObject();
                foreach (var (name, value) in map.OrderBy(static field => field.Key, StringComparer.Ordinal))
                    if (value is not null) sorted[name] = Sorted(value);
                return sorted;
            case JsonArray array:
                return new JsonArray([.. array.Select(Sorted)]);
            case JsonValue value when value.GetValueKind() == JsonValueKind.Number && value.TryGetValue<double>(out var number):
                return JsonValue.Create(number);
            default:
                return node?.DeepClone();
        }
    }
}
