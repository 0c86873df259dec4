using System.Text;
using System.Text.Json.Nodes;

namespace Weir.Server;

/// <summary>Gemini takes field names as <c>camelCase</c> and as <c>snake_case</c>; this leaves the first only, but where names are the caller's own.</summary>
static class GeminiNames
{
    /// <summary>Below these, names are data.</summary>
    static readonly string[] s_opaque =
        ["args", "response", "parameters", "parametersJsonSchema", "responseSchema", "responseJsonSchema", "labels", "responseFormat"];

    public static JsonObject Camel(JsonObject from)
    {
        var to = new JsonObject();
        foreach (var (name, value) in from)
        {
            var camel = Camel(name);
            to[camel] = s_opaque.Contains(camel) ? value?.DeepClone() : Camel(value);
        }
        return to;
    }

    static JsonNode? Camel(JsonNode? node) => node switch
    {
        JsonObject inner => Camel(inner),
        JsonArray array => new JsonArray([.. array.Select(Camel)]),
        _ => node?.DeepClone(),
    };

    static string Camel(string name)
    {
        if (!name.Contains('_', StringComparison.Ordinal)) return name;
        var camel = new StringBuilder();
        for (var i = 0; i < name.Length; i++)
        {
            if (name[i] == '_' && i + 1 < name.Length && i > 0) camel.Append(char.ToUpperInvariant(name[++i]));
            else camel.Append(name[i]);
        }
        return camel.ToString();
    }
}
