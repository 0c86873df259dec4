using System.Text.Json.Nodes;

namespace Weir.Ai.Tests;

/// <summary>What of this wire's JSON may differ and mean the same: one text as a string or as a list, and what is empty or the default.</summary>
static class ResponsesCanon
{
    public static JsonNode Request(JsonNode node)
    {
        var root = node.AsObject();
        if (root["input"] is JsonValue text) root["input"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = text.GetValue<string>() });
        foreach (var item in root["input"]?.AsArray() ?? []) Item(item!.AsObject());
        if (root["stream"] is JsonValue stream && !stream.GetValue<bool>()) root.Remove("stream");
        if (root["tools"] is JsonArray { Count: 0 }) root.Remove("tools");
        Reasoning(root);
        return root;
    }

    public static JsonNode Reply(JsonNode node)
    {
        foreach (var item in node["output"]?.AsArray() ?? []) Item(item!.AsObject());
        return node;
    }

    static void Item(JsonObject item)
    {
        if (item["type"] is null && item["role"] is not null) item["type"] = "message";
        var type = item["type"]?.GetValue<string>();
        if (type == "reasoning" && item["content"] is JsonArray { Count: 0 }) item.Remove("content");
        if (type == "reasoning") item["summary"] ??= new JsonArray();
        if (type == "message") item["content"] = Content(item["content"]);
        if (type == "function_call_output") item["output"] = Content(item["output"]);
    }

    static JsonNode? Content(JsonNode? content)
    {
        if (content is not JsonArray parts) return content?.DeepClone();
        foreach (var part in parts)
        {
            if (part!["annotations"] is JsonArray { Count: 0 }) part.AsObject().Remove("annotations");
            if (part["logprobs"] is JsonArray { Count: 0 }) part.AsObject().Remove("logprobs");
        }
        return parts is [JsonObject { Count: 2 } only] && only["text"] is { } text ? text.DeepClone() : parts.DeepClone();
    }

    static void Reasoning(JsonObject root)
    {
        if (root["reasoning"] is not JsonObject reasoning) return;
        foreach (var (name, value) in reasoning.ToList())
            if (value is null) reasoning.Remove(name);
        if (reasoning.Count == 0) root.Remove("reasoning");
    }
}
