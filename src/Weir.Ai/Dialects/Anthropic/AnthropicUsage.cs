using System.Text.Json;

namespace Weir.Ai;

/// <summary>
/// The usage of one answer, as far as it is known. Streams tell it twice, at the start and with the stop reason, each time as totals: the later one counts,
/// field by field. Anthropic counts what was read from and written to the cache beside input_tokens, not in them.
/// </summary>
sealed class AnthropicUsage
{
    readonly List<Extra> _rest = [];
    long _input;
    long _cacheRead;
    long _cacheWritten;
    long _cacheWrittenLong;
    long _output;
    long _thinking;
    long _searches;
    string? _tier;
    Iterations _hidden;

    /// <summary>
    /// Fields of the usage that have no place in <see cref="TokenUsage"/>; the totals among them where they leave out passes that are billed.
    /// </summary>
    public IReadOnlyList<Extra> Rest => _hidden == default
        ? _rest
        :
        [
            Total("input_tokens", _input), Total("output_tokens", _output),
            Total("cache_read_input_tokens", _cacheRead), Total("cache_creation_input_tokens", _cacheWritten), .. _rest,
        ];

    public void Read(JsonElement usage)
    {
        Update(ref _input, usage.LongField("input_tokens"u8));
        Update(ref _cacheRead, usage.LongField("cache_read_input_tokens"u8));
        Update(ref _output, usage.LongField("output_tokens"u8));
        var created = usage.ObjectField("cache_creation"u8);
        Update(ref _cacheWrittenLong, created?.LongField("ephemeral_1h_input_tokens"u8));
        Update(ref _cacheWritten, usage.LongField("cache_creation_input_tokens"u8)
            ?? (created is { } both ? (both.LongField("ephemeral_5m_input_tokens"u8) ?? 0) + _cacheWrittenLong : null));
        Update(ref _thinking, usage.ObjectField("output_tokens_details"u8)?.LongField("thinking_tokens"u8));
        Update(ref _searches, usage.ObjectField("server_tool_use"u8)?.LongField("web_search_requests"u8));
        _tier = usage.TextField("service_tier"u8) ?? _tier;
        if (usage.ArrayField("iterations"u8) is { } iterations) _hidden = Iterations.Hidden(iterations);
        foreach (var field in usage.EnumerateObject())
        {
            if (IsKnown(field)) continue;
            _rest.RemoveAll(extra => extra.Name == field.Name);
            _rest.Add(new Extra(field.Name, WireObject.Copy(field.Value)));
        }
    }

    public TokenUsage ToUsage() => new()
    {
        Input = _input + _cacheRead + _cacheWritten + _hidden.Input + _hidden.CacheRead + _hidden.CacheWritten,
        CacheRead = _cacheRead + _hidden.CacheRead,
        CacheWrite = Math.Max(0, _cacheWritten - _cacheWrittenLong) + _hidden.CacheWritten,
        CacheWriteLong = Math.Min(_cacheWritten, _cacheWrittenLong),
        Output = _output + _hidden.Output,
        Reasoning = Math.Min(_thinking, _output),
        WebSearches = _searches,
        ServiceTier = _tier,
    };

    static Extra Total(string name, long count) => new(name, JsonText.Of(count.ToString(System.Globalization.CultureInfo.InvariantCulture)));

    /// <summary>Totals do not go back to nothing: a zero is what a proxy writes that does not know.</summary>
    static void Update(ref long total, long? latest)
    {
        if (latest is > 0) total = latest.Value;
    }

    static bool IsKnown(JsonProperty field) =>
        field.NameEquals("input_tokens"u8) || field.NameEquals("output_tokens"u8) || field.NameEquals("cache_read_input_tokens"u8)
        || field.NameEquals("cache_creation_input_tokens"u8) || field.NameEquals("cache_creation"u8) || field.NameEquals("output_tokens_details"u8)
        || field.NameEquals("service_tier"u8) || field.Value.ValueKind == JsonValueKind.Null;

    /// <summary>
    /// Passes of the model that are billed and that the totals leave out: making a summary of a conversation that had become too long.
    /// </summary>
    readonly record struct Iterations(long Input, long CacheRead, long CacheWritten, long Output)
    {
        public static Iterations Hidden(JsonElement iterations)
        {
            Iterations sum = default;
            foreach (var item in iterations.EnumerateArray())
            {
                if (item.TextField("type"u8) != "compaction") continue;
                sum = new Iterations(
                    sum.Input + (item.LongField("input_tokens"u8) ?? 0),
                    sum.CacheRead + (item.LongField("cache_read_input_tokens"u8) ?? 0),
                    sum.CacheWritten + (item.LongField("cache_creation_input_tokens"u8) ?? 0),
                    sum.Output + (item.LongField("output_tokens"u8) ?? 0));
            }
            return sum;
        }
    }
}
