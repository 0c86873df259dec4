using System.Text.Json;
using System.Text.Json.Nodes;

namespace Weir.Ai.Tests;

/// <summary>
/// What of Gemini's JSON may differ and mean the same: names in snake case, schemas in Google's own form, the alphabet of base64, one list of functions in
/// several tools, what is the default.
/// </summary>
static class GeminiCanon
{
    static readonly HashSet<string> Opaque =
        ["args", "response", "labels", "parametersJsonSchema", "parameters_json_schema", "responseJsonSchema", "response_json_schema"];

    public static JsonNode Request(JsonNode node)
    {
        var root = Camel(node)!.AsObject();
        foreach (var content in root["contents"]!.AsArray())
        {
            content!["role"] ??= "user";
            foreach (var part in content["parts"]?.AsArray() ?? [])
            {
                if (part!["thought"] is JsonValue thought && !thought.GetValue<bool>()) part.AsObject().Remove("thought");
                FixBase64(part);
                foreach (var inner in part["functionResponse"]?["parts"]?.AsArray() ?? []) FixBase64(inner!);
            }
        }
        if (root["systemInstruction"] is JsonObject system) system.Remove("role");
        if (root["tools"] is JsonArray tools) root["tools"] = Tools(tools);
        if (root["generationConfig"] is JsonObject { Count: 0 }) root.Remove("generationConfig");
        if (root["generationConfig"] is JsonObject config && config["responseSchema"] is { } schema)
        {
            config.Remove("responseSchema");
            config["responseJsonSchema"] = JsonSchema(schema);
        }
        return root;
    }

    public static JsonNode Reply(JsonNode node)
    {
        foreach (var candidate in node["candidates"]?.AsArray() ?? [])
        {
            candidate!["index"] ??= 0;
            if (candidate["finishReason"] is JsonValue value && value.GetValueKind() == JsonValueKind.Number)
                candidate["finishReason"] = value.GetValue<int>() == 1 ? "STOP" : "MAX_TOKENS";
            candidate["content"] ??= new JsonObject();
            candidate["content"]!["role"] ??= "model";
            foreach (var part in candidate["content"]!["parts"]?.AsArray() ?? [])
                if (part!["functionCall"] is JsonObject call) call["args"] ??= new JsonObject();
        }
        return node;
    }

    static JsonArray Tools(JsonArray tools)
    {
        var functions = new JsonArray();
        List<JsonNode> others = [];
        foreach (var tool in tools)
        {
            foreach (var (name, value) in tool!.AsObject())
            {
                if (name != "functionDeclarations")
                {
                    others.Add(new JsonObject { [name] = value!.DeepClone() });
                    continue;
                }
                foreach (var function in value!.AsArray())
                {
                    var copy = function!.DeepClone().AsObject();
                    if (copy["parameters"] is { } schema)
                    {
                        copy.Remove("parameters");
                        copy["parametersJsonSchema"] = JsonSchema(schema);
                    }
                    functions.Add((JsonNode)copy);
                }
            }
        }
        if (functions.Count > 0) others.Add(new JsonObject { ["functionDeclarations"] = functions });
        return new JsonArray([.. others.OrderBy(tool => tool.AsObject().First().Key, StringComparer.Ordinal)]);
    }

    static JsonNode JsonSchema(JsonNode schema) => JsonNode.Parse(GeminiSchema.ToJsonSchema(JsonSerializer.SerializeToElement(schema)).Utf8.Span)!;

    static void FixBase64(JsonNode part)
    {
        if (part["inlineData"]?["data"] is { } data)
            part["inlineData"]!["data"] = data.GetValue<string>().Replace('-', '+').Replace('_', '/');
    }

    static JsonNode? Camel(JsonNode? node) => node switch
    {
        JsonObject fields => new JsonObject(fields.Select(static field =>
            KeyValuePair.Create(Name(field.Key), Opaque.Contains(field.Key) ? field.Value?.DeepClone() : Camel(field.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Camel)]),
        _ => node?.DeepClone(),
    };

    static string Name(string name)
    {
        var parts = name.Split('_');
        return parts[0] + string.Concat(parts.Skip(1).Where(part => part.Length > 0).Select(part => char.ToUpperInvariant(part[0]) + part[1..]));
    }
}
