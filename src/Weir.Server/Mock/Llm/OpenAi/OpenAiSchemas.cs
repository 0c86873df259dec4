using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Weir.Server;

/// <summary>Named JSON Schemas of answers, and what strict ones must have.</summary>
static partial class OpenAiSchemas
{
    /// <summary>The schema of <c>{name, schema, strict}</c>, checked.</summary>
    public static JsonNode? Read(JsonObject? format, MockCheck check, string path, bool checksStrict)
    {
        if (format is null) return null;
        var name = check.Text(format, "name", path, required: true) ?? "";
        if (!Names().IsMatch(name)) check.Fail(BadName($"{path}.name"), $"{path}.name", "invalid_value");
        var schema = check.Object(format, "schema", path);
        if (check.Flag(format, "strict", path) == true && checksStrict) CheckStrict(schema, check, name, path);
        return schema ?? new JsonObject();
    }

    public static string BadName(string path) =>
        $"Invalid '{path}': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.";

    public static bool IsName(string name) => Names().IsMatch(name);

    /// <summary>Strict output needs every property required and no others allowed, in each object.</summary>
    public static void CheckStrict(JsonNode? node, MockCheck check, string name, string path)
    {
        if (node is not JsonObject schema) return;
        if (schema["type"]?.ToString() == "object")
        {
            var properties = (schema["properties"] as JsonObject)?.Select(static property => property.Key) ?? [];
            var required = (schema["required"] as JsonArray)?.Select(static entry => entry?.ToString()).ToHashSet() ?? [];
            if (schema["additionalProperties"]?.ToJsonString() != "false")
                check.Fail($"Invalid schema for '{name}': In context=(), 'additionalProperties' is required to be supplied and to be false.", path);
            if (properties.FirstOrDefault(property => !required.Contains(property)) is { } missing)
            {
                check.Fail($"Invalid schema for '{name}': In context=(), 'required' is required to be supplied and to be an array including every key in "
                    + $"properties. Missing '{missing}'.", path);
            }
        }
        foreach (var (_, property) in schema["properties"] as JsonObject ?? []) CheckStrict(property, check, name, path);
        CheckStrict(schema["items"], check, name, path);
    }

    [GeneratedRegex("^[a-zA-Z0-9_-]{1,64}$")]
    private static partial Regex Names();
}
