using System.Text.Json;

namespace Weir.Ai;

/// <summary>
/// usage. Cohere tells the tokens that it bills beside all that it processed, its own preamble and a tenfold template for tools included: what is billed
/// counts, for budgets and costs follow the invoice. Cached tokens are cached of all, and are not billed at all.
/// </summary>
static class CohereUsage
{
    public static TokenUsage Read(JsonElement usage)
    {
        var billed = usage.Field("billed_units") ?? default;
        var all = usage.Field("tokens") ?? default;
        var isBilled = billed.Field("input_tokens") is not null || billed.Field("output_tokens") is not null;
        var counted = isBilled ? billed : all;
        var input = counted.CountOf("input_tokens");
        return new TokenUsage
        {
            Input = input,
            CacheRead = isBilled ? 0 : Math.Min(input, usage.CountOf("cached_tokens")),
            Output = counted.CountOf("output_tokens"),
            WebSearches = billed.CountOf("search_units"),
        };
    }

    public static void Write(Utf8JsonWriter json, TokenUsage usage)
    {
        json.WriteStartObject("usage"u8);
        WriteCounts(json, "billed_units", usage);
        WriteCounts(json, "tokens", usage);
        if (usage.CacheRead > 0) json.WriteNumber("cached_tokens"u8, usage.CacheRead);
        json.WriteEndObject();
    }

    static void WriteCounts(Utf8JsonWriter json, string name, TokenUsage usage)
    {
        json.WriteStartObject(name);
        json.WriteNumber("input_tokens"u8, usage.Input);
        json.WriteNumber("output_tokens"u8, usage.Output);
        json.WriteEndObject();
    }
}
