using System.Text.Json.Nodes;

namespace Weir.Control;

/// <summary>A field with its value before and after; null where it was not there.</summary>
readonly record struct FieldChange(string Field, JsonNode? Before, JsonNode? After);

/// <summary>Which fields of an entity are different. Records are looked into; lists are one value.</summary>
static class FieldDiff
{
    /// <summary>Fields that change whenever anything does.</summary>
    static readonly string[] Stamps = ["updated_at"];

    /// <param name="before">The entity as it was; null when it was not there.</param>
    /// <param name="after">The entity as it is; null when it is gone.</param>
    public static IEnumerable<FieldChange> Of(JsonObject? before, JsonObject? after) => Of(before, after, "");

    static IEnumerable<FieldChange> Of(JsonObject? before, JsonObject? after, string path)
    {
        var names = (after ?? []).Select(static field => field.Key).Union((before ?? []).Select(static field => field.Key));
        foreach (var name in names)
        {
            if (path.Length == 0 && Stamps.Contains(name)) continue;
            var (one, other) = (before?[name], after?[name]);
            var field = path.Length == 0 ? name : $"{path}.{name}";
            if (one is JsonObject or null && other is JsonObject or null && (one ?? other) is JsonObject { Count: > 0 })
            {
                foreach (var inner in Of(one as JsonObject, other as JsonObject, field)) yield return inner;
                continue;
            }
            if (!JsonNode.DeepEquals(one, other)) yield return new FieldChange(field, one, other);
        }
    }
}
