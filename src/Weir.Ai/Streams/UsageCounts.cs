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

    /// <summary>What the fields of a usage object say, whichever provider's.</summary>
    static readonly NameTable<Field> Fields = new(
        ("prompt_tokens", Field.Prompt), ("completion_tokens", Field.Completion), ("total_tokens", Field.Total),
        ("input_tokens", Field.Input), ("output_tokens", Field.Output),
        ("prompt_cache_hit_tokens", Field.Cached), ("cached_tokens", Field.Cached), ("num_cached_tokens", Field.Cached),
        ("prompt_cache_miss_tokens", Field.Derived), ("cache_read_input_tokens", Field.CacheRead), ("cache_creation_input_tokens", Field.CacheWrite),
        ("reasoning_tokens", Field.Reasoning), ("num_search_queries", Field.Searches), ("service_tier", Field.Tier),
        ("cache_creation", Field.InputDetails), ("server_tool_use", Field.InputDetails), ("prompt_tokens_details", Field.InputDetails),
        ("input_tokens_details", Field.InputDetails), ("input_token_details", Field.InputDetails),
        ("completion_tokens_details", Field.OutputDetails), ("output_tokens_details", Field.OutputDetails), ("output_token_details", Field.OutputDetails));

    /// <summary>The same of the objects within it.</summary>
    static readonly NameTable<Field> Details = new(
        ("cached_tokens", Field.Cached), ("reasoning_tokens", Field.Reasoning), ("audio_tokens", Field.Audio), ("image_tokens", Field.Image),
        ("accepted_prediction_tokens", Field.Accepted), ("rejected_prediction_tokens", Field.Rejected),
        ("cache_write_tokens", Field.CacheWrite), ("cache_creation_input_tokens", Field.CacheWrite),
        ("ephemeral_1h_input_tokens", Field.CacheWriteLong), ("web_search_requests", Field.Searches));

    enum Field : byte
    {
        None,
        Prompt,
        Completion,
        Total,
        Input,
        Output,
        Cached,
        CacheRead,
        CacheWrite,
        CacheWriteLong,
        Reasoning,
        Audio,
        Image,
        Accepted,
        Rejected,
        Searches,
        InputDetails,
        OutputDetails,
        Tier,

        /// <summary>Follows from other counts.</summary>
        Derived,
    }

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
            switch (Fields.Find(ref reader))
            {
                case Field.Prompt: Take(ref reader, ref _prompt); break;
                case Field.Completion: Take(ref reader, ref _completion); break;
                case Field.Total: Take(ref reader, ref _total); break;
                case Field.Input: Take(ref reader, ref _input); break;
                case Field.Output: Take(ref reader, ref _output); break;
                case Field.Cached: Take(ref reader, ref _cached); break;
                case Field.CacheRead: Take(ref reader, ref _cacheRead); break;
                case Field.CacheWrite: Take(ref reader, ref _cacheWrite); break;
                case Field.Reasoning: Take(ref reader, ref _reasoning); break;
                case Field.Searches: Take(ref reader, ref _searches); break;
                case Field.InputDetails: ReadDetails(ref reader, isInput: true); break;
                case Field.OutputDetails: ReadDetails(ref reader, isInput: false); break;
                case Field.Tier: ReadTier(ref reader); break;
                case Field.None when extras is not null: extras.Keep(ref reader, json); break;
                default: Skip(ref reader); break;
            }
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
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            switch (Details.Find(ref reader))
            {
                case Field.Cached: Take(ref reader, ref _cached); break;
                case Field.Reasoning: Take(ref reader, ref _reasoning); break;
                case Field.Audio: Take(ref reader, ref isInput ? ref _audioInput : ref _audioOutput); break;
                case Field.Image: Take(ref reader, ref isInput ? ref _imageInput : ref _imageOutput); break;
                case Field.Accepted: Take(ref reader, ref _accepted); break;
                case Field.Rejected: Take(ref reader, ref _rejected); break;
                case Field.CacheWrite: Take(ref reader, ref _cacheWrite); break;
                case Field.CacheWriteLong: Take(ref reader, ref _cacheWriteLong); break;
                case Field.Searches: Take(ref reader, ref _searches); break;
                default: Skip(ref reader); break;
            }
        }
    }

    void ReadTier(ref Utf8JsonReader reader)
    {
        var value = Wire.Take(ref reader);
        if (WireText.Read(ref value) is { } tier) ServiceTier = tier;
    }

    /// <summary>A count; null says nothing, and no count is negative.</summary>
    static void Take(ref Utf8JsonReader reader, ref long? count)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Number) count = Math.Max(Wire.Number(ref reader), 0);
        else reader.Skip();
    }

    static void Skip(ref Utf8JsonReader reader)
    {
        reader.Read();
        reader.Skip();
    }
}
