using System.Text.Json;

namespace Weir.Ai;

/// <summary>Results of tools that came as JSON, for wires that take text only.</summary>
static class ToolResultText
{
    /// <summary>
    /// The text itself where the object only wraps one, as Google's clients make of a text (<c>{"output": "…"}</c>, <c>{"result": "…"}</c>,
    /// <c>{"name": "…", "content": "…"}</c>); any other JSON as it is.
    /// </summary>
    public static string Of(OpaquePart part)
    {
        string? text = null;
        var fields = 0;
        try
        {
            using var json = JsonDocument.Parse(part.Json.Utf8);
            if (json.RootElement.ValueKind != JsonValueKind.Object) return part.Json.ToString();
            foreach (var field in json.RootElement.EnumerateObject())
            {
                if (field.NameEquals("name"u8)) continue;
                fields++;
                var wraps = field.NameEquals("output"u8) || field.NameEquals("result"u8) || field.NameEquals("content"u8);
                if (wraps && field.Value.ValueKind == JsonValueKind.String) text = WireJson.TextOf(field.Value);
            }
        }
        catch (JsonException)
        {
            return part.Json.ToString();
        }
        return fields == 1 && text is not null ? text : part.Json.ToString();
    }
}
