using System.Text.Json.Nodes;

namespace Weir.Ai.Tests;

/// <summary>Requests and answers of Chat Completions without the differences that mean nothing; each is said here.</summary>
static class ChatShape
{
    public static JsonNode OfRequest(JsonNode request)
    {
        var body = request.DeepClone().AsObject();

        // What is not asked for is the same as what is declined.
        foreach (var name in (string[])["stream", "logprobs"])
            if (body[name] is JsonValue flag && flag.TryGetValue<bool>(out var isOn) && !isOn) body.Remove(name);

        // Usage is always asked for.
        body.Remove("stream_options");
        if (body["stop"] is JsonValue stop) body["stop"] = new JsonArray(stop.DeepClone());
        if (body["tool_choice"] is JsonValue choice && choice.GetValue<string>() == "any") body["tool_choice"] = "required";
        if (body["tool_choice"] is JsonObject named) named["type"] ??= "function";
        RemoveEmpty(body, "tools");
        foreach (var tool in Objects(body["tools"])) tool["type"] ??= "function";
        foreach (var message in Objects(body["messages"])) FlattenMessage(message);
        OfFunctions(body);
        return body;
    }

    public static JsonNode OfAnswer(JsonNode answer)
    {
        var body = answer.DeepClone().AsObject();
        foreach (var choice in Objects(body["choices"]))
        {
            if (choice["message"] is not JsonObject message) continue;
            OfThoughts(message);
            OfFunctionCall(message);
            RemoveEmpty(message, "content", "annotations", "tool_calls", "reasoning", "reasoning_content");
            foreach (var call in Objects(message["tool_calls"]))
            {
                call.Remove("index");
                call["type"] ??= "function";
            }
            if (message["tool_calls"] is not null) choice["finish_reason"] = "tool_calls";
        }
        RemoveEmpty(body, "metadata", "prompt_filter_results", "prompt");
        if (body["usage"] is JsonObject usage) FlattenUsage(usage);
        return body;
    }

    /// <summary>Thoughts within the content are written beside it.</summary>
    static void OfThoughts(JsonObject message)
    {
        if (message["content"] is not JsonArray parts) return;
        var thoughts = Objects(parts).Where(static part => part["thinking"] is not null).ToList();
        thoughts.ForEach(JoinThoughts);
        message["reasoning_content"] = string.Concat(thoughts.Select(static part => (string?)part["thinking"]));
        message["content"] = string.Concat(Objects(parts).Select(static part => (string?)part["text"]));
    }

    /// <summary>A call of a function is written as one of a tool.</summary>
    static void OfFunctionCall(JsonObject message)
    {
        if (message["function_call"] is not JsonObject call) return;
        message.Remove("function_call");
        message["tool_calls"] = new JsonArray(new JsonObject { ["id"] = $"call_{call["name"]}", ["function"] = call });
    }

    static void FlattenMessage(JsonObject message)
    {
        var only = message["content"] is JsonArray { Count: 1 } parts && parts[0] is JsonObject { Count: 2 } part ? part : null;
        if (only?["text"] is { } text && (string?)only["type"] == "text") message["content"] = text.DeepClone();
        if ((string?)message["role"] == "assistant") RemoveEmpty(message, "content", "tool_calls");
        foreach (var thoughts in Objects(message["content"])) JoinThoughts(thoughts);
        foreach (var call in Objects(message["tool_calls"]))
        {
            call.Remove("index");
            call["type"] ??= "function";
        }
    }

    /// <summary>Pieces of one thought are one text.</summary>
    static void JoinThoughts(JsonObject part)
    {
        if (part["thinking"] is not JsonArray pieces) return;
        part["thinking"] = string.Concat(Objects(pieces).Select(static piece => (string?)piece["text"]));
    }

    /// <summary>Functions are written as the tools that they became.</summary>
    static void OfFunctions(JsonObject body)
    {
        if (body["functions"] is JsonArray functions)
        {
            body["tools"] = new JsonArray([.. functions.Select(static f => new JsonObject { ["type"] = "function", ["function"] = f!.DeepClone() })]);
            body.Remove("functions");
        }
        if (body["function_call"] is { } call)
        {
            body["tool_choice"] = call is JsonObject ? new JsonObject { ["type"] = "function", ["function"] = call.DeepClone() } : call.DeepClone();
            body.Remove("function_call");
        }
    }

    /// <summary>Details with zeros say nothing, and the cached tokens of some providers move to where OpenAI has them.</summary>
    static void FlattenUsage(JsonObject usage)
    {
        foreach (var details in (string[])["prompt_tokens_details", "completion_tokens_details"])
        {
            if (usage[details] is not JsonObject counts) continue;
            foreach (var (name, value) in counts.ToList())
                if (value is null || value.GetValue<long>() == 0 || name is "text_tokens" or "video_tokens") counts.Remove(name);
            RemoveEmpty(usage, details);
        }
        foreach (var name in (string[])["prompt_cache_hit_tokens", "prompt_cache_miss_tokens", "cached_tokens", "num_cached_tokens"])
        {
            if (usage[name] is { } value && name != "prompt_cache_miss_tokens" && value.GetValue<long>() > 0)
                usage["prompt_tokens_details"] = new JsonObject { ["cached_tokens"] = value.DeepClone() };
            usage.Remove(name);
        }
    }

    static void RemoveEmpty(JsonObject fields, params string[] names)
    {
        foreach (var name in names)
            if (fields[name]?.ToJsonString() is "[]" or "{}" or "\"\"") fields.Remove(name);
    }

    static IEnumerable<JsonObject> Objects(JsonNode? array) => array is JsonArray items ? items.OfType<JsonObject>() : [];
}
