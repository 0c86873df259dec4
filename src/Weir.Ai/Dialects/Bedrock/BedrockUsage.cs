using System.Text.Json;

namespace Weir.Ai;

/// <summary>Usage in Bedrock's way of counting: inputTokens leaves out what was read from and written to the cache, totalTokens counts all.</summary>
static class BedrockUsage
{
    public static TokenUsage Read(JsonElement usage, string? tier)
    {
        var read = usage.LongField("cacheReadInputTokens"u8) ?? usage.LongField("cacheReadInputTokenCount"u8) ?? 0;
        var written = usage.LongField("cacheWriteInputTokens"u8) ?? usage.LongField("cacheWriteInputTokenCount"u8) ?? 0;
        var writtenLong = 0L;
        if (usage.ArrayField("cacheDetails"u8) is { } details)
            foreach (var detail in details.EnumerateArray())
                if (detail.TextField("ttl"u8) == "1h") writtenLong += detail.LongField("inputTokens"u8) ?? 0;
        writtenLong = Math.Min(written, writtenLong);
        return new TokenUsage
        {
            Input = (usage.LongField("inputTokens"u8) ?? 0) + read + written,
            CacheRead = read,
            CacheWrite = written - writtenLong,
            CacheWriteLong = writtenLong,
            Output = usage.LongField("outputTokens"u8) ?? 0,
            ServiceTier = tier,
        };
    }

    /// <summary>Writes the field <c>usage</c>; details of the cache are written where some of it is kept longer than by default.</summary>
    public static void Write(Utf8JsonWriter writer, TokenUsage? usage)
    {
        usage ??= new TokenUsage();
        var written = usage.CacheWrite + usage.CacheWriteLong;
        writer.WriteStartObject("usage"u8);
        writer.WriteNumber("inputTokens"u8, Math.Max(0, usage.Input - usage.CacheRead - written));
        writer.WriteNumber("outputTokens"u8, usage.Output);
        writer.WriteNumber("totalTokens"u8, usage.Total);
        writer.WriteNumber("cacheReadInputTokens"u8, usage.CacheRead);
        writer.WriteNumber("cacheWriteInputTokens"u8, written);
        if (written > 0)
        {
            writer.WriteStartArray("cacheDetails"u8);
            WriteDetail(writer, "5m"u8, usage.CacheWrite);
            WriteDetail(writer, "1h"u8, usage.CacheWriteLong);
            writer.WriteEndArray();
        }
        writer.WriteEndObject();
    }

    static void WriteDetail(Utf8JsonWriter writer, ReadOnlySpan<byte> ttl, long count)
    {
        if (count == 0) return;
        writer.WriteStartObject();
        writer.WriteNumber("inputTokens"u8, count);
        writer.WriteString("ttl"u8, ttl);
        writer.WriteEndObject();
    }
}
