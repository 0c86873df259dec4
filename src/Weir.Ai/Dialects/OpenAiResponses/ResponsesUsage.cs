using System.Text.Json;

namespace Weir.Ai;

/// <summary>usage: input tokens include the cached ones, output tokens those of reasoning.</summary>
static class ResponsesUsage
{
    public static TokenUsage Read(JsonElement usage, JsonElement response)
    {
        var input = usage.Field("input_tokens_details") ?? default;
        var output = usage.Field("output_tokens_details") ?? default;
        var searches = response.Field("tool_usage")?.Field("web_search")?.CountOf("num_requests") ?? 0;
        return new TokenUsage
        {
            Input = usage.CountOf("input_tokens"),
            CacheRead = input.CountOf("cached_tokens"),
            CacheWrite = input.CountOf("cache_write_tokens"),
            AudioInput = input.CountOf("audio_tokens"),
            ImageInput = input.CountOf("image_tokens"),
            Output = usage.CountOf("output_tokens"),
            Reasoning = output.CountOf("reasoning_tokens"),
            AudioOutput = output.CountOf("audio_tokens"),
            ImageOutput = output.CountOf("image_tokens"),
            WebSearches = searches,
            ServiceTier = response.TextOf("service_tier"),
        };
    }

    public static void Write(Utf8JsonWriter json, TokenUsage usage)
    {
        json.WriteStartObject();
        json.WriteNumber("input_tokens"u8, usage.Input);
        json.WriteStartObject("input_tokens_details"u8);
        json.WriteNumber("cached_tokens"u8, usage.CacheRead);
        if (usage.CacheWrite + usage.CacheWriteLong > 0) json.WriteNumber("cache_write_tokens"u8, usage.CacheWrite + usage.CacheWriteLong);
        json.WriteEndObject();
        json.WriteNumber("output_tokens"u8, usage.Output);
        json.WriteStartObject("output_tokens_details"u8);
        json.WriteNumber("reasoning_tokens"u8, usage.Reasoning);
        json.WriteEndObject();
        json.WriteNumber("total_tokens"u8, usage.Total);
        json.WriteEndObject();
    }
}
