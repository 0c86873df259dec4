using System.Globalization;
using System.Text.Json.Nodes;

namespace Weir.Control;

/// <summary>Messages by field, nested as the entity is: <c>config.limits[1]</c> becomes <c>{"config":{"limits":[null,"…"]}}</c>.</summary>
static class FieldErrors
{
    const string OfEntity = "@entity";

    public static JsonObject Of(IEnumerable<(string Field, string Message)> problems)
    {
        var fields = new JsonObject();
        foreach (var (field, message) in problems)
        {
            if (field.Length > 0) Put(fields, Steps(field), message);
            else if (fields[OfEntity] is JsonArray list) list.Add(message);
            else fields[OfEntity] = new JsonArray(message);
        }
        return fields;
    }

    /// <summary>The same as a list: what is wrong with the entity as a whole has no field.</summary>
    public static IEnumerable<(string Field, string Message)> Flat(JsonNode? node, string path = "") => node switch
    {
        JsonObject record => record.SelectMany(entry => entry.Key == OfEntity && entry.Value is JsonArray list
            ? list.Select(message => (path, message?.GetValue<string>() ?? ""))
            : Flat(entry.Value, path.Length == 0 ? entry.Key : $"{path}.{entry.Key}")),
        JsonArray list => list.SelectMany((item, index) => Flat(item, $"{path}[{index}]")),
        JsonValue message => [(path, message.GetValue<string>())],
        _ => [],
    };

    static List<string> Steps(string path) => [.. path.Split(['.', '[', ']'], StringSplitOptions.RemoveEmptyEntries)];

    static void Put(JsonObject root, List<string> steps, string message)
    {
        JsonNode at = root;
        for (var i = 0; i < steps.Count; i++)
        {
            JsonNode? next = i == steps.Count - 1 ? message : IsIndex(steps[i + 1]) ? new JsonArray() : new JsonObject();
            if (Child(at, steps[i]) is { } there)
            {
                // The first problem of a place stands for all of it.
                if (there is not (JsonObject or JsonArray) || i == steps.Count - 1) return;
                at = there;
                continue;
            }
            Set(at, steps[i], next);
            at = next;
        }
    }

    static bool IsIndex(string step) => int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    static JsonNode? Child(JsonNode at, string step) => at switch
    {
        JsonObject record => record[step],
        JsonArray list when int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < list.Count => list[index],
        _ => null,
    };

    static void Set(JsonNode at, string step, JsonNode value)
    {
        if (at is JsonObject record)
        {
            record[step] = value;
            return;
        }
        var list = at.AsArray();
        if (!int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var index)) return;
        while (list.Count <= index) list.Add(null);
        list[index] = value;
    }
}
