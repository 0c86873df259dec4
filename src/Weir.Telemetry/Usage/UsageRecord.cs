using System.Text.Json.Serialization;

namespace Weir.Telemetry;

/// <summary>What one call to a model used and cost, and who made it: the unit of billing. What does not apply is null or 0 and is not written.</summary>
sealed record UsageRecord
{
    /// <summary>When the call came in.</summary>
    public required DateTimeOffset Time { get; init; }

    public required string RequestId { get; init; }

    // Who.
    public string? Consumer { get; init; }
    public string? Credential { get; init; }
    public string? Group { get; init; }
    public string? Organisation { get; init; }
    public string? Project { get; init; }
    public string? Team { get; init; }
    public string? User { get; init; }

    /// <summary>Id of the virtual key; never the key.</summary>
    public string? Key { get; init; }
    public string? Agent { get; init; }
    public string? Session { get; init; }

    // What.
    public string? Route { get; init; }
    public string? Provider { get; init; }
    public string? ModelAsked { get; init; }
    public string? ModelServed { get; init; }
    public string? ServiceTier { get; init; }

    public UsageTokens Tokens { get; init; } = new();

    /// <summary>The cost, line by line; empty where the call was not priced.</summary>
    public IReadOnlyList<UsageCostLine> Cost { get; init; } = [];

    /// <summary>Sum of the lines, in billionths of the currency.</summary>
    public long CostTotal { get; init; }

    /// <summary>ISO 4217 code.</summary>
    public string? Currency { get; init; }

    /// <summary>Entry of the price book.</summary>
    public string? PriceId { get; init; }

    /// <summary>"priced", "estimated", "unpriced".</summary>
    public string? PriceState { get; init; }

    /// <summary>"ok", "refused", "failed", "cut" (ended by a limit), "gone" (the client left), "cached".</summary>
    public required string Outcome { get; init; }

    /// <summary>HTTP status that the client saw.</summary>
    public int Status { get; init; }

    /// <summary>Times an upstream was tried.</summary>
    public int Attempts { get; init; }

    public long LatencyMs { get; init; }

    /// <summary>Time to the first token; null for an answer that was no stream or had none.</summary>
    public long? FirstTokenMs { get; init; }

    /// <summary>It is a copy of a call, made for comparison: nobody got its answer, but the provider bills it.</summary>
    public bool IsMirror { get; init; }

    /// <summary>The counts are the gateway's own, not the provider's.</summary>
    public bool IsEstimated { get; init; }
}

/// <summary>Tokens of a call by kind: input counts all of the prompt, output all that was generated; the others are parts of them.</summary>
sealed record UsageTokens
{
    public long Input { get; init; }
    public long CachedRead { get; init; }

    [JsonPropertyName("cache_write_5m")]
    public long CacheWrite { get; init; }

    [JsonPropertyName("cache_write_1h")]
    public long CacheWriteLong { get; init; }
    public long AudioInput { get; init; }
    public long ImageInput { get; init; }
    public long Output { get; init; }
    public long Reasoning { get; init; }
    public long AudioOutput { get; init; }
    public long ImageOutput { get; init; }
    public long WebSearches { get; init; }
}

/// <summary>One line of a cost, in whole numbers from which the amount can be computed again: quantity × price × factor.</summary>
/// <param name="Component">What for, as the price book names it.</param>
/// <param name="Quantity">Tokens, searches, calls.</param>
/// <param name="Price">Billionths of the currency for a million tokens, a thousand searches, one call.</param>
/// <param name="Factor">Hundred-millionths: 100,000,000 is 1.</param>
/// <param name="Amount">Billionths of the currency.</param>
readonly record struct UsageCostLine(string Component, long Quantity, long Price, long Factor, long Amount);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(UsageRecord))]
sealed partial class UsageJson : JsonSerializerContext;
