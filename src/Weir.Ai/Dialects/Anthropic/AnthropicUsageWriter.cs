using System.Text.Json;

namespace Weir.Ai;

/// <summary>Writes usage in Anthropic's way of counting.</summary>
static class AnthropicUsageWriter
{
    /// <summary>Writes the field <c>usage</c>.</summary>
    /// <param name="writer">Stands in the object that has it.</param>
    /// <param name="usage">What was used; null for nothing yet.</param>
    /// <param name="isWhole">With all its parts, as in a whole message and at a stream's start; else the totals alone, as in message_delta.</param>
    /// <param name="rest">More fields, an object; they win over those of the same name. Empty for none.</param>
    public static void Write(Utf8JsonWriter writer, TokenUsage? usage, bool isWhole, JsonText rest)
    {
        using var more = rest.IsEmpty ? null : LooseJson.Parse(rest.Utf8);
        var extras = more?.RootElement ?? default;
        usage ??= new TokenUsage();
        var written = usage.CacheWrite + usage.CacheWriteLong;
        writer.WriteStartObject("usage"u8);
        Number(writer, extras, "input_tokens"u8, Math.Max(0, usage.Input - usage.CacheRead - written));
        Number(writer, extras, "cache_creation_input_tokens"u8, written);
        Number(writer, extras, "cache_read_input_tokens"u8, usage.CacheRead);
        if (isWhole && extras.Field("cache_creation"u8) is null)
        {
            writer.WriteStartObject("cache_creation"u8);
            writer.WriteNumber("ephemeral_5m_input_tokens"u8, usage.CacheWrite);
            writer.WriteNumber("ephemeral_1h_input_tokens"u8, usage.CacheWriteLong);
            writer.WriteEndObject();
        }
        Number(writer, extras, "output_tokens"u8, usage.Output);
        if (usage.Reasoning > 0 && extras.Field("output_tokens_details"u8) is null)
        {
            writer.WriteStartObject("output_tokens_details"u8);
            writer.WriteNumber("thinking_tokens"u8, usage.Reasoning);
            writer.WriteEndObject();
        }
        if (usage.WebSearches > 0 && extras.Field("server_tool_use"u8) is null)
        {
            writer.WriteStartObject("server_tool_use"u8);
            writer.WriteNumber("web_search_requests"u8, usage.WebSearches);
            writer.WriteEndObject();
        }
        if (isWhole && usage.ServiceTier is { } tier)
            writer.WriteString("service_tier"u8, tier is "priority" or "batch" ? tier : "standard");
        if (extras.ValueKind == JsonValueKind.Object)
            foreach (var field in extras.EnumerateObject()) field.WriteRaw(writer);
        writer.WriteEndObject();
    }

    static void Number(Utf8JsonWriter writer, JsonElement extras, ReadOnlySpan<byte> name, long value)
    {
        if (extras.Field(name) is null) writer.WriteNumber(name, value);
    }
}
