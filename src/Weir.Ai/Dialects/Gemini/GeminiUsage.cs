using System.Text.Json;

namespace Weir.Ai;

/// <summary>
/// usageMetadata. Thoughts are counted beside candidatesTokenCount, prompts of Google's own tools beside promptTokenCount, and cached tokens within it.
/// Each chunk of a stream tells the sum so far.
/// </summary>
static class GeminiUsage
{
    public static TokenUsage Read(JsonElement usage)
    {
        var reasoning = usage.Count("thoughtsTokenCount");
        return new TokenUsage
        {
            Input = usage.Count("promptTokenCount") + usage.Count("toolUsePromptTokenCount"),
            CacheRead = usage.Count("cachedContentTokenCount"),
            AudioInput = Of(usage, "promptTokensDetails", "AUDIO") + Of(usage, "toolUsePromptTokensDetails", "AUDIO"),
            ImageInput = Of(usage, "promptTokensDetails", "IMAGE") + Of(usage, "toolUsePromptTokensDetails", "IMAGE"),
            Output = usage.Count("candidatesTokenCount") + reasoning,
            Reasoning = reasoning,
            AudioOutput = Of(usage, "candidatesTokensDetails", "AUDIO"),
            ImageOutput = Of(usage, "candidatesTokensDetails", "IMAGE"),
            ServiceTier = usage.Text("serviceTier"),
        };
    }

    public static void Write(Utf8JsonWriter json, TokenUsage usage)
    {
        json.WriteStartObject("usageMetadata"u8);
        json.WriteNumber("promptTokenCount"u8, usage.Input);
        json.WriteNumber("candidatesTokenCount"u8, usage.Output - usage.Reasoning);
        json.WriteNumber("totalTokenCount"u8, usage.Total);
        if (usage.CacheRead > 0) json.WriteNumber("cachedContentTokenCount"u8, usage.CacheRead);
        if (usage.Reasoning > 0) json.WriteNumber("thoughtsTokenCount"u8, usage.Reasoning);
        if (usage.AudioInput + usage.ImageInput > 0) WriteDetails(json, "promptTokensDetails", usage.Input, usage.AudioInput, usage.ImageInput);
        if (usage.AudioOutput + usage.ImageOutput > 0)
            WriteDetails(json, "candidatesTokensDetails", usage.Output - usage.Reasoning, usage.AudioOutput, usage.ImageOutput);
        json.WriteEndObject();
    }

    static void WriteDetails(Utf8JsonWriter json, string name, long all, long audio, long images)
    {
        json.WriteStartArray(name);
        WriteDetail(json, "TEXT"u8, all - audio - images);
        WriteDetail(json, "AUDIO"u8, audio);
        WriteDetail(json, "IMAGE"u8, images);
        json.WriteEndArray();
    }

    static void WriteDetail(Utf8JsonWriter json, ReadOnlySpan<byte> modality, long count)
    {
        if (count <= 0) return;
        json.WriteStartObject();
        json.WriteString("modality"u8, modality);
        json.WriteNumber("tokenCount"u8, count);
        json.WriteEndObject();
    }

    static long Of(JsonElement usage, string details, string modality)
    {
        if (!usage.TryGet(details, out var list) || list.ValueKind != JsonValueKind.Array) return 0;
        foreach (var one in list.EnumerateArray())
            if (one.Text("modality") == modality) return one.Count("tokenCount");
        return 0;
    }
}
