using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Weir.Ai.Plugins;

sealed partial class AiRateLimitingAdvanced
{
    /// <summary>Configuration of ai-rate-limiting-advanced.</summary>
    public sealed record Config
    {
        [Description("Whose use is counted together. Where a request has no such identity its client address is used.")]
        public LimitIdentifier Identifier { get; init; } = LimitIdentifier.Consumer;

        [Description("Header whose value is the identity with identifier: header."), Format(TextFormat.HeaderName)]
        public string? HeaderName { get; init; }

        [Description("Path whose calls are counted together with identifier: path."), Format(TextFormat.Path)]
        public string? Path { get; init; }

        [Description("Limits, each for the calls that match it.")]
        public IReadOnlyList<LimitPolicy>? Policies { get; init; }

        [Description("Limits by provider: the older form of policies."), MinLength(1)]
        public IReadOnlyList<ProviderLimit>? LlmProviders { get; init; }

        [Description("How use counts in the limits of llm_providers.")]
        public LimitWindowType WindowType { get; init; } = LimitWindowType.Sliding;

        [Description("What the limits of llm_providers count.")]
        public LimitedTokens TokensCountStrategy { get; init; } = LimitedTokens.TotalTokens;

        [Description("Where counters live: in this node's memory, in Redis, or in the node's PostgreSQL (cluster).")]
        public LimitStrategy Strategy { get; init; } = LimitStrategy.Local;

        [Description("Seconds between two synchronisations of counters. Weir's counters need none; the field is read for files written for Kong.")]
        public double? SyncRate { get; init; }

        [Description("Counters are shared by all instances with the same namespace; unset: by none.")]
        public string? Namespace { get; init; }

        [Description("Status of a refusal."), Range(100, 599)]
        public int ErrorCode { get; init; } = 429;

        [Description("Beginning of the message of a refusal.")]
        public string ErrorMessage { get; init; } = "AI token rate limit exceeded for provider(s): ";

        [Description("Leave the names of limits out of the message and of the headers' names.")]
        public bool ErrorHideProviders { get; init; }

        [Description("Do not tell clients about limits.")]
        public bool HideClientHeaders { get; init; }

        [Description("Most seconds that are added to Retry-After at random, so that clients do not all come back at once."), Range(0.0, 86_400.0)]
        public double RetryAfterJitterMax { get; init; }

        [Description("Refused calls do not count. Weir never counts them; the field is read for files written for Kong.")]
        public bool DisablePenalty { get; init; }

        [Description("Name of Kong's shared memory; without meaning here.")]
        public string DictionaryName { get; init; } = "kong_rate_limiting_counters";

        [Description("Kong's rounding of counters in Redis; without meaning here.")]
        public bool? DecreaseByFractionsInRedis { get; init; }

        [Description("Lua code of Kong's; not supported.")]
        public string? RequestPromptCountFunction { get; init; }

        [Description("Lua code of Kong's; not supported.")]
        public string? CustomCostCountFunction { get; init; }

        [Description("Dialect of the clients where the path of a request does not tell.")]
        public LlmFormat? LlmFormat { get; init; }

        [Description("The Redis server of strategy: redis.")]
        public AiRedisConfig? Redis { get; init; }
    }

    public static void Check(Config config, Problems problems)
    {
        if (config.Policies is null == config.LlmProviders is null) problems.Add("exactly one of these fields must be set: 'policies', 'llm_providers'");
        if (config.Strategy == LimitStrategy.Redis && config.Redis is null) problems.Add("redis", "required field missing: strategy redis counts there");
        if (config.Redis is { } redis) AiRedisConfig.Check(redis, problems);
        if (config.Identifier == LimitIdentifier.Header && config.HeaderName is null) problems.Add("header_name", "is required for identifier header");
        if (config.Identifier == LimitIdentifier.Path && config.Path is null) problems.Add("path", "is required for identifier path");
        if (config.RequestPromptCountFunction is not null) problems.Add("request_prompt_count_function", "Lua code is not supported");
        if (config.CustomCostCountFunction is not null) problems.Add("custom_cost_count_function", "Lua code is not supported");
        for (var i = 0; i < (config.LlmProviders?.Count ?? 0); i++) Check(config.LlmProviders![i], config.TokensCountStrategy, $"llm_providers[{i}]", problems);
        for (var i = 0; i < (config.Policies?.Count ?? 0); i++) Check(config.Policies![i], $"policies[{i}]", problems);
    }

    static void Check(ProviderLimit provider, LimitedTokens strategy, string field, Problems problems)
    {
        if (provider.Name is "requestPrompt" or "customCost") problems.Add($"{field}.name", $"{provider.Name} counts by Lua code, which is not supported");
        if (provider.Limit.Count != provider.WindowSize.Count || provider.Limit.Count == 0)
            problems.Add(field, "limit and window_size must have the same number of elements, at least one");
        if (!provider.Limit.All(limit => limit > 0 && limit <= (double)LimitSet.Most(strategy))) problems.Add($"{field}.limit", LimitSet.Expected(strategy));
        if (!provider.WindowSize.All(static seconds => seconds is >= 1 and <= int.MaxValue))
            problems.Add($"{field}.window_size", $"must be 1 to {int.MaxValue} seconds");
    }

    static void Check(LimitPolicy policy, string field, Problems problems)
    {
        for (var i = 0; i < policy.Limits.Count; i++)
        {
            var limit = policy.Limits[i];
            if (limit.Limit <= 0 || limit.Limit > LimitSet.Most(limit.TokensCountStrategy))
                problems.Add($"{field}.limits[{i}].limit", LimitSet.Expected(limit.TokensCountStrategy));
            if (policy.Limits[i].WindowSize < 1) problems.Add($"{field}.limits[{i}].window_size", "must be at least 1 second");
        }
        for (var i = 0; i < policy.Match.Count; i++)
        {
            var match = policy.Match[i];
            if (match.Type == LimitMatchType.Header && match.Key is null) problems.Add($"{field}.match[{i}].key", "is required for type header");
            if (match is { PartitionBy: false, Values: null or { Count: 0 } })
                problems.Add($"{field}.match[{i}].values", "must be non-empty unless partition_by is true: nothing would ever match");
        }
    }
}

/// <summary>Limits for the calls that match.</summary>
sealed record LimitPolicy
{
    [Description("Name of the policy in headers and messages; unset: policy-N by its place.")]
    public string? Id { get; init; }

    [Description("What a call must have, all of it; none: calls that no other policy matches.")]
    public IReadOnlyList<LimitMatch> Match { get; init; } = [];

    [Description("The limits."), MinLength(1)]
    public required IReadOnlyList<PolicyLimit> Limits { get; init; }

    [Description("How use counts.")]
    public LimitWindowType WindowType { get; init; } = LimitWindowType.Sliding;
}

/// <summary>Something that a call must have.</summary>
sealed record LimitMatch
{
    [Description("What is looked at.")]
    public required LimitMatchType Type { get; init; }

    [Description("Name of the header with type: header.")]
    public string? Key { get; init; }

    [Description("Values that match; unset: any.")]
    public IReadOnlyList<string>? Values { get; init; }

    [Description("Count each value by itself.")]
    public bool PartitionBy { get; init; }
}

/// <summary>One limit of a policy.</summary>
sealed record PolicyLimit
{
    [Description("Tokens, or units of money with tokens_count_strategy: cost, in one window.")]
    public required decimal Limit { get; init; }

    [Description("Length of the window, in seconds.")]
    public required int WindowSize { get; init; }

    [Description("What is counted.")]
    public LimitedTokens TokensCountStrategy { get; init; } = LimitedTokens.TotalTokens;
}

/// <summary>Limits of one provider.</summary>
sealed record ProviderLimit
{
    [Description("Provider.")]
    [AllowedValues("anthropic", "azure", "bedrock", "cohere", "customCost", "gemini", "huggingface", "llama2", "mistral", "openai", "requestPrompt")]
    public required string Name { get; init; }

    [Description("Tokens in each window.")]
    public required IReadOnlyList<double> Limit { get; init; }

    [Description("Lengths of the windows, in seconds.")]
    public required IReadOnlyList<double> WindowSize { get; init; }
}

/// <summary>Whose use is counted together.</summary>
enum LimitIdentifier
{
    [JsonStringEnumMemberName("consumer")] Consumer,
    [JsonStringEnumMemberName("credential")] Credential,
    [JsonStringEnumMemberName("ip")] Ip,
    [JsonStringEnumMemberName("service")] Service,
    [JsonStringEnumMemberName("header")] Header,
    [JsonStringEnumMemberName("path")] Path,
    [JsonStringEnumMemberName("consumer-group")] ConsumerGroup,
}

/// <summary>What a policy looks at.</summary>
enum LimitMatchType
{
    [JsonStringEnumMemberName("consumer")] Consumer,
    [JsonStringEnumMemberName("consumer_group")] ConsumerGroup,
    [JsonStringEnumMemberName("header")] Header,
    [JsonStringEnumMemberName("ip")] Ip,
    [JsonStringEnumMemberName("model")] Model,
    [JsonStringEnumMemberName("path")] Path,
    [JsonStringEnumMemberName("provider")] Provider,
}

/// <summary>How use counts over time.</summary>
enum LimitWindowType
{
    [JsonStringEnumMemberName("sliding")] Sliding,
    [JsonStringEnumMemberName("fixed")] Fixed,
}

/// <summary>What is counted.</summary>
enum LimitedTokens
{
    [JsonStringEnumMemberName("total_tokens")] TotalTokens,
    [JsonStringEnumMemberName("prompt_tokens")] PromptTokens,
    [JsonStringEnumMemberName("completion_tokens")] CompletionTokens,
    [JsonStringEnumMemberName("cost")] Cost,
}

/// <summary>Where counters live.</summary>
enum LimitStrategy
{
    [JsonStringEnumMemberName("local")] Local,
    [JsonStringEnumMemberName("cluster")] Cluster,
    [JsonStringEnumMemberName("redis")] Redis,
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(AiRateLimitingAdvanced.Config))]
[JsonSerializable(typeof(AiRedisConfig))]
sealed partial class AiRateLimitingAdvancedJson : JsonSerializerContext;
