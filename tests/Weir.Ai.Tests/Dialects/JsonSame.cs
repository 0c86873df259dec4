using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Weir.Ai.Tests;

/// <summary>Compares JSON: the order of fields does not matter, nor whether a field is null or absent.</summary>
static class JsonSame
{
    /// <summary>The first difference, with its place; null when there is none.</summary>
    public static string? Difference(JsonNode? expected, JsonNode? actual, string path = "$")
    {
        if (expected is JsonObject wanted && actual is JsonObject got)
        {
            foreach (var name in wanted.Select(field => field.Key).Union(got.Select(field => field.Key)))
                if (Difference(wanted[name], got[name], $"{path}.{name}") is { } difference) return difference;
            return null;
        }
        if (expected is JsonArray items && actual is JsonArray others)
        {
            if (items.Count != others.Count) return $"{path}: {items.Count} items expected, not {others.Count}: {Show(expected)} / {Show(actual)}";
            for (var i = 0; i < items.Count; i++)
                if (Difference(items[i], others[i], $"{path}[{i}]") is { } difference) return difference;
            return null;
        }
        if (IsNumber(expected) && IsNumber(actual) && Number(expected!) == Number(actual!)) return null;
        return JsonNode.DeepEquals(expected, actual) ? null : $"{path}: {Show(expected)} expected, not {Show(actual)}";
    }

    static bool IsNumber(JsonNode? node) => node?.GetValueKind() == JsonValueKind.Number;

    static double Number(JsonNode node) => double.Parse(node.ToJsonString(), CultureInfo.InvariantCulture);

    static string Show(JsonNode? node)
    {
        var text = node?.ToJsonString() ?? "null";
        return text.Length > 300 ? text[..300] + "…" : text;
    }
}
