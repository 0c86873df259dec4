using System.Text.Json.Nodes;

namespace Weir.Ai.Tests;

/// <summary>JSON in a form in which what means the same looks the same.</summary>
static class JsonShape
{
    /// <summary>Fields with null are left out, objects are ordered, numbers compare by value.</summary>
    public static JsonNode? Normal(JsonNode? node) => node switch
    {
        JsonObject fields => new JsonObject(fields
            .Where(static field => field.Value is not null)
            .OrderBy(static field => field.Key, StringComparer.Ordinal)
            .Select(static field => KeyValuePair.Create(field.Key, Normal(field.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Normal)]),
        JsonValue value when value.TryGetValue<double>(out var number) => JsonValue.Create(number),
        null => null,
        _ => node.DeepClone(),
    };

    public static string Text(JsonNode? node) => Normal(node)?.ToJsonString() ?? "null";
}
