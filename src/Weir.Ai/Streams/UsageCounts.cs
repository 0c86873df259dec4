using System.Text.Json;

namespace Weir.Ai;

/// <summary>
/// Counts of a usage object as they stand in it, OpenAI's and Anthropic's names alike. A later object changes those that it names: Anthropic says the prompt
/// at the beginning of a stream and the answer at its end.
/// </summary>
struct UsageCounts
{
    long? _prompt;
    long? _completion;
    long? _total;
    long? _input;
    long? _output;
    long? _cached;
    long? _cacheRead;
    long? _cacheWrite;
    long? _cacheWriteLong;
    long? _reasoning;
    long? _audioInput;
    long? _audioOutput;
    long? _imageInput;
    long? _imageOutput;
    long? _accepted;
    long? _rejected;
    long? _searches;

    public string? ServiceTier { get; set; }

    /// <summary>Nothing was said of prompt or answer.</summary>
    public readonly bool IsEmpty => (_prompt ?? _completion ?? _input ?? _output) is null;

    /// <summary>Reads the object that the reader stands on.</summary>
    /// <param name="reader">Stands on the object, then on its end.</param>
    /// <param name="json">What it reads.</param>
    /// <param name="extras">Gets the fields without a place; null to leave them.</param>
    public void Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, ReplyExtras? extras)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("prompt_tokens"u8)) Take(ref reader, ref _prompt);
            else if (reader.ValueTextEquals("completion_tokens"u8)) Take(ref reader, ref _completion);
            else if (reader.ValueTextEquals("total_tokens"u8)) Take(ref reader, ref _total);
            else if (reader.ValueTextEquals("input_tokens"u8)) Take(ref reader, ref _input);
            else if (reader.ValueTextEquals("output_tokens"u8)) Take(ref reader, ref _output);
            else if (reader.ValueTextEquals("cache_read_input_tokens"u8)) Take(ref reader, ref _cacheRead);
            else if (reader.ValueTextEquals("cache_creation_input_tokens"u8)) Take(ref reader, ref _cacheWrite);
            else if (reader.ValueTextEquals("cache_creation"u8)) ReadDetails(ref reader, isInput: true);
            else if (reader.ValueTextEquals("server_tool_use"u8)) ReadDetails(ref reader, isInput: true);
            else if (reader.ValueTextEquals("reasoning_tokens"u8)) Take(ref reader, ref _reasoning);
            else if (reader.ValueTextEquals("num_search_queries"u8)) Take(ref reader, ref _searches);
            else if (IsCached(ref reader)) Take(ref reader, ref _cached);
            else if (IsInputDetails(ref reader)) ReadDetails(ref reader, isInput: true);
            else if (reader.ValueTextEquals("completion_tokens_details"u8) || reader.ValueTextEquals("output_tokens_details"u8)
                || reader.ValueTextEquals("output_token_details"u8))
                ReadDetails(ref reader, isInput: false);
            else if (reader.ValueTextEquals("service_tier"u8)) ReadTier(ref reader);
            else if (extras is null || reader.ValueTextEquals("prompt_cache_miss_tokens"u8)) Wire.Take(ref reader);
            else extras.Keep(ref reader, json);
        }
    }

    public readonly TokenUsage ToUsage()
    {
        var reasoning = _reasoning ?? 0;
        var output = _completion ?? _output ?? 0;

        // Anthropic counts what was read from and written to the cache beside the rest of the prompt; OpenAI counts it within.
        var input = _prompt ?? (_input ?? 0) + (_cacheRead ?? 0) + (_cacheWrite ?? 0);
        var longWrite = _cacheWriteLong ?? 0;
        return new TokenUsage
        {
            Input = input,
            CacheRead = _cached ?? _cacheRead ?? 0,
            CacheWrite = Math.Max((_cacheWrite ?? 0) - longWrite, 0),
            CacheWriteLong = longWrite,
            AudioInput = _audioInput ?? 0,
            ImageInput = _imageInput ?? 0,
            Output = IsReasoningApart(_prompt ?? _input ?? 0, output, reasoning, _total ?? 0) ? output + reasoning : output,
            Reasoning = reasoning,
            AudioOutput = _audioOutput ?? 0,
            ImageOutput = _imageOutput ?? 0,
            PredictionAccepted = _accepted ?? 0,
            PredictionRejected = _rejected ?? 0,
            WebSearches = _searches ?? 0,
            ServiceTier = ServiceTier,
        };
    }

    /// <summary>xAI does not count reasoning in completion_tokens: the total tells.</summary>
    static bool IsReasoningApart(long prompt, long completion, long reasoning, long total) =>
        reasoning > 0 && (total > 0 ? total == prompt + completion + reasoning : reasoning > completion);

    void ReadDetails(ref Utf8JsonReader reader, bool isInput)
    {
        var details = Wire.Take(ref reader);
        if (details.TokenType != JsonTokenType.StartObject) return;
        while (details.Read() && details.TokenType == JsonTokenType.PropertyName)
        {
            if (details.ValueTextEquals("cached_tokens"u8)) Take(ref details, ref _cached);
            else if (details.ValueTextEquals("reasoning_tokens"u8)) Take(ref details, ref _reasoning);
            else if (details.ValueTextEquals("audio_tokens"u8)) Take(ref details, ref isInput ? ref _audioInput : ref _audioOutput);
            else if (details.ValueTextEquals("image_tokens"u8)) Take(ref details, ref isInput ? ref _imageInput : ref _imageOutput);
            else if (details.ValueTextEquals("accepted_prediction_tokens"u8)) Take(ref details, ref _accepted);
            else if (details.ValueTextEquals("rejected_prediction_tokens"u8)) Take(ref details, ref _rejected);
            else if (details.ValueTextEquals("cache_write_tokens"u8) || details.ValueTextEquals("cache_creation_input_tokens"u8))
                Take(ref details, ref _cacheWrite);
            else if (details.ValueTextEquals("ephemeral_1h_input_tokens"u8)) Take(ref details, ref _cacheWriteLong);
            else if (details.ValueTextEquals("web_search_requests"u8)) Take(ref details, ref _searches);
            else Wire.Take(ref details);
        }
    }

    void ReadTier(ref Utf8JsonReader reader)
    {
        var value = Wire.Take(ref reader);
        if (WireText.Read(ref value) is { } tier) ServiceTier = tier;
    }

    static bool IsCached(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("prompt_cache_hit_tokens"u8) || reader.ValueTextEquals("cached_tokens"u8) || reader.ValueTextEquals("num_cached_tokens"u8);

    static bool IsInputDetails(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("prompt_tokens_details"u8) || reader.ValueTextEquals("input_tokens_details"u8)
        || reader.ValueTextEquals("input_token_details"u8);

    /// <summary>A count; null says nothing, and no count is negative.</summary>
    static void Take(ref Utf8JsonReader reader, ref long? count)
    {
        var value = Wire.Take(ref reader);
        if (value.TokenType == JsonTokenType.Number) count = Math.Max(Wire.Number(ref value), 0);
    }
}
