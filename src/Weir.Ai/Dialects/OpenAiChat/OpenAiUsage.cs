using System.Text.Json;

namespace Weir.Ai;

/// <summary>Usage as Chat Completions and its compatible providers count it.</summary>
static class OpenAiUsage
{
    /// <summary>Writes the value of the field <c>usage</c>.</summary>
    public static void Write(Utf8JsonWriter json, TokenUsage usage, List<Extra>? extras)
    {
        json.WriteStartObject();
        json.WriteNumber("prompt_tokens", usage.Input);
        json.WriteNumber("completion_tokens", usage.Output);
        json.WriteNumber("total_tokens", usage.Total);
        json.WriteStartObject("prompt_tokens_details");
        json.WriteNumber("cached_tokens", usage.CacheRead);
        json.WriteNumber("audio_tokens", usage.AudioInput);
        NumberIfAny(json, "cache_write_tokens", usage.CacheWrite + usage.CacheWriteLong);
        NumberIfAny(json, "image_tokens", usage.ImageInput);
        json.WriteEndObject();
        json.WriteStartObject("completion_tokens_details");
        json.WriteNumber("reasoning_tokens", usage.Reasoning);
        json.WriteNumber("audio_tokens", usage.AudioOutput);
        json.WriteNumber("accepted_prediction_tokens", usage.PredictionAccepted);
        json.WriteNumber("rejected_prediction_tokens", usage.PredictionRejected);
        NumberIfAny(json, "image_tokens", usage.ImageOutput);
        json.WriteEndObject();
        NumberIfAny(json, "num_search_queries", usage.WebSearches);
        foreach (var extra in extras ?? [])
        {
            json.WritePropertyName(extra.Name);
            extra.Value.WriteTo(json);
        }
        json.WriteEndObject();
    }

    static void NumberIfAny(Utf8JsonWriter json, string name, long count)
    {
        if (count > 0) json.WriteNumber(name, count);
    }
}
