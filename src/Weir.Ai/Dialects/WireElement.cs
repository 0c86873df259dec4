using System.Text.Json;

namespace Weir.Ai;

/// <summary>Reading of answers, where a field of another type than expected is as good as absent.</summary>
static class WireElement
{
    /// <summary>The field; null when it is absent, null, or this is no object.</summary>
    public static JsonElement? Field(this JsonElement from, string name) =>
        from.ValueKind == JsonValueKind.Object && from.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public static string? TextOf(this JsonElement from, string name) =>
        from.Field(name) is { ValueKind: JsonValueKind.String } value ? WireJson.TextOf(value) : null;

    public static long CountOf(this JsonElement from, string name)
    {
        if (from.Field(name) is not { ValueKind: JsonValueKind.Number } value) return 0;
        if (value.TryGetInt64(out var whole)) return whole;
        return value.TryGetDouble(out var number) && Math.Abs(number) < long.MaxValue ? (long)number : 0;
    }

    /// <summary>The items of an array; none when it is no array.</summary>
    public static JsonElement.ArrayEnumerator Items(this JsonElement from, string name) =>
        from.Field(name) is { ValueKind: JsonValueKind.Array } value ? value.EnumerateArray() : default;

    /// <summary>The items of the field as JSON, unless it is no array or an empty one.</summary>
    public static JsonText ItemsJson(this JsonElement from, string name) =>
        from.Field(name) is { ValueKind: JsonValueKind.Array } value && value.GetArrayLength() > 0 ? WireJson.Copy(value) : default;
}
