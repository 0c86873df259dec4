using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Weir.Ai.Plugins;

/// <summary>How ai-proxy-advanced chooses among its targets, and when it tries another.</summary>
sealed record BalancerConfig
{
    [Description("How a target is chosen.")]
    public BalancingAlgorithm Algorithm { get; init; } = BalancingAlgorithm.RoundRobin;

    [Description("Header whose value chooses the target with consistent-hashing."), Format(TextFormat.HeaderName)]
    public string HashOnHeader { get; init; } = "X-Kong-LLM-Request-ID";

    [Description("What lowest-latency measures: time per token of the answer (tpot), or of the whole call (e2e).")]
    public LatencyStrategy LatencyStrategy { get; init; } = LatencyStrategy.Tpot;

    [Description("What lowest-usage compares.")]
    public TokensCountStrategy TokensCountStrategy { get; init; } = TokensCountStrategy.TotalTokens;

    [Description("Most further tries after the first."), Range(0, 32767)]
    public int Retries { get; init; } = 5;

    [Description("Time to connect to a provider, in milliseconds."), Range(1, 2147483646)]
    public int ConnectTimeout { get; init; } = 60_000;

    [Description("Time to the beginning of an answer and between two pieces of it, in milliseconds."), Range(1, 2147483646)]
    public int ReadTimeout { get; init; } = 60_000;

    [Description("Time in which sending must make progress, in milliseconds."), Range(1, 2147483646)]
    public int WriteTimeout { get; init; } = 60_000;

    [Description("Time to the first content of a stream, in milliseconds; 0 for no limit but read_timeout. Then another target is tried, where "
        + "failover_criteria has timeout and non_idempotent. Weir's own."), Range(0, 2147483646)]
    public int FirstTokenTimeout { get; init; }

    [Description("Time to wait for more content of a stream, in milliseconds; 0 for no limit but read_timeout. Pings are no content. Weir's own."),
        Range(0, 2147483646)]
    public int TokenTimeout { get; init; }

    [Description("Time of a whole call with all its tries and its stream, in milliseconds; 0 for no limit. Weir's own."), Range(0, 2147483646)]
    public int CallTimeout { get; init; }

    [Description("Least rate of a stream's content, in tokens of four characters per second of waiting for the provider; 0 for no limit. Weir's own."),
        Range(0, 100_000)]
    public int TokensPerSecondMin { get; init; }

    [Description("Time over which tokens_per_second_min is measured, in milliseconds. Weir's own."), Range(1_000, 600_000)]
    public int TokensPerSecondWindow { get; init; } = 10_000;

    [Description("How many further tries there may be, in relation to the calls; unset: as many as retries allows. Weir's own.")]
    public RetryBudgetConfig? RetryBudget { get; init; }

    [Description("Slots of the hash ring. Weir hashes without slots; the field is read for files written for Kong."), Range(10, 65536)]
    public int Slots { get; init; } = 10_000;

    [Description("What makes Weir try another target. Calls are POST requests: statuses count only with non_idempotent."), Set]
    public IReadOnlyList<FailoverCriterion> FailoverCriteria { get; init; } = [FailoverCriterion.Error, FailoverCriterion.Timeout];

    [Description("Failures after which a target is left out; 0 for never. A client's own faults do not count."), Range(0, 32767)]
    public int MaxFails { get; init; }

    [Description("How long a failed target is left out, in milliseconds."), Range(1, 2147483646)]
    public int FailTimeout { get; init; } = 10_000;
}

/// <summary>How a target is chosen.</summary>
enum BalancingAlgorithm
{
    [JsonStringEnumMemberName("round-robin")] RoundRobin,
    [JsonStringEnumMemberName("consistent-hashing")] ConsistentHashing,
    [JsonStringEnumMemberName("least-connections")] LeastConnections,
    [JsonStringEnumMemberName("lowest-latency")] LowestLatency,
    [JsonStringEnumMemberName("lowest-usage")] LowestUsage,
    [JsonStringEnumMemberName("priority")] Priority,
    [JsonStringEnumMemberName("semantic")] Semantic,
}

/// <summary>What lowest-latency measures.</summary>
enum LatencyStrategy
{
    [JsonStringEnumMemberName("tpot")] Tpot,
    [JsonStringEnumMemberName("e2e")] EndToEnd,
}

/// <summary>What lowest-usage compares.</summary>
enum TokensCountStrategy
{
    [JsonStringEnumMemberName("total-tokens")] TotalTokens,
    [JsonStringEnumMemberName("prompt-tokens")] PromptTokens,
    [JsonStringEnumMemberName("completion-tokens")] CompletionTokens,
    [JsonStringEnumMemberName("cost")] Cost,
    [JsonStringEnumMemberName("llm-accuracy")] LlmAccuracy,
}

/// <summary>What makes Weir try another target.</summary>
enum FailoverCriterion
{
    [JsonStringEnumMemberName("error")] Error,
    [JsonStringEnumMemberName("timeout")] Timeout,
    [JsonStringEnumMemberName("invalid_header")] InvalidHeader,
    [JsonStringEnumMemberName("http_403")] Http403,
    [JsonStringEnumMemberName("http_404")] Http404,
    [JsonStringEnumMemberName("http_429")] Http429,
    [JsonStringEnumMemberName("http_500")] Http500,
    [JsonStringEnumMemberName("http_502")] Http502,
    [JsonStringEnumMemberName("http_503")] Http503,
    [JsonStringEnumMemberName("http_504")] Http504,
    [JsonStringEnumMemberName("non_idempotent")] NonIdempotent,
}
