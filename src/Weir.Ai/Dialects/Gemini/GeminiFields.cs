using System.Collections.Frozen;
using System.Text.Json;

namespace Weir.Ai;

/// <summary>
/// Fields of Gemini's wire under both their names: Google's JSON takes <c>maxOutputTokens</c> and <c>max_output_tokens</c> alike, and one object where an
/// array of objects is meant.
/// </summary>
static class GeminiFields
{
    static readonly FrozenDictionary<string, string> Snake = new[]
    {
        "systemInstruction", "generationConfig", "toolConfig", "functionDeclarations", "functionCallingConfig", "allowedFunctionNames",
        "parametersJsonSchema", "topP", "topK", "candidateCount", "maxOutputTokens", "stopSequences", "presencePenalty", "frequencyPenalty",
        "responseMimeType", "responseSchema", "responseJsonSchema", "responseLogprobs", "responseModalities", "thinkingConfig", "thinkingBudget",
        "thinkingLevel", "includeThoughts", "inlineData", "fileData", "mimeType", "fileUri", "displayName", "functionCall", "functionResponse",
        "thoughtSignature", "executableCode", "codeExecutionResult", "toolCall", "toolResponse", "finishReason", "promptFeedback", "usageMetadata",
        "modelVersion", "responseId", "createTime", "blockReason", "logprobsResult", "chosenCandidates", "topCandidates", "logProbability",
        "groundingMetadata", "citationMetadata", "webSearchQueries", "promptTokenCount", "candidatesTokenCount", "thoughtsTokenCount",
        "cachedContentTokenCount", "toolUsePromptTokenCount", "promptTokensDetails", "candidatesTokensDetails", "toolUsePromptTokensDetails",
        "tokenCount", "serviceTier", "partialArgs", "jsonPath", "willContinue", "stringValue", "numberValue", "boolValue", "nullValue",
        "groundingSupports", "groundingChunks", "groundingChunkIndices", "startIndex", "endIndex", "citationSources",
    }.ToFrozenDictionary(static name => name, static name => JsonNamingPolicy.SnakeCaseLower.ConvertName(name));

    /// <summary>The name under which the object has the field: as given, or in snake case.</summary>
    public static string In(this string name, WireObject from) =>
        from.Has(name) || !Snake.TryGetValue(name, out var snake) || !from.Has(snake) ? name : snake;

    /// <summary>The field under either name.</summary>
    public static bool TryGet(this JsonElement from, string name, out JsonElement value)
    {
        if (from.ValueKind != JsonValueKind.Object)
        {
            value = default;
            return false;
        }
        if (!from.TryGetProperty(name, out value) && !(Snake.TryGetValue(name, out var snake) && from.TryGetProperty(snake, out value))) return false;
        return value.ValueKind != JsonValueKind.Null;
    }

    /// <summary>Whether a property has this name, or the same in snake case.</summary>
    public static bool Is(this JsonProperty property, string name) =>
        property.NameEquals(name) || (Snake.TryGetValue(name, out var snake) && property.NameEquals(snake));

    /// <summary>Text of a field; null when it is not there or no text.</summary>
    public static string? Text(this JsonElement from, string name) =>
        from.TryGet(name, out var value) && value.ValueKind == JsonValueKind.String ? WireJson.TextOf(value) : null;

    /// <summary>Count of a field; 0 when it is not there. Google writes int64 as a string at times.</summary>
    public static long Count(this JsonElement from, string name)
    {
        if (!from.TryGet(name, out var value)) return 0;
        if (value.ValueKind == JsonValueKind.Number) return value.TryGetInt64(out var number) ? number : 0;
        return value.ValueKind == JsonValueKind.String && long.TryParse(WireJson.TextOf(value), out var text) ? text : 0;
    }

    /// <summary>The objects of an array, or the one object in its place.</summary>
    public static IEnumerable<WireObject> Many(this WireObject from, string name)
    {
        name = name.In(from);
        if (from.Has(name) && from.Any(name) is { ValueKind: JsonValueKind.Object }) return [from.Object(name)!];
        return from.Objects(name);
    }
}
