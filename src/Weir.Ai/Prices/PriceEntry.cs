namespace Weir.Ai;

/// <summary>What a model costs from a day on. Immutable; what the cost of a call is computed from.</summary>
sealed record PriceEntry
{
    /// <summary>
    /// Where it stands: <c>openai/gpt-4o@2024-10-02#7</c>, the last being the version of the book. Kept with every cost, to find the prices again.
    /// </summary>
    public required string Id { get; init; }

    /// <summary>Provider, or <c>*</c> for any.</summary>
    public required string Provider { get; init; }

    /// <summary>Models it holds for: names, or patterns with <c>*</c>.</summary>
    public required IReadOnlyList<string> Models { get; init; }

    /// <summary>First moment it holds.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>First moment it no longer holds; null for no end.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>ISO 4217 code.</summary>
    public required string Currency { get; init; }

    public required ComponentPrices Prices { get; init; }

    /// <summary>Other prices for long prompts, by ascending <see cref="ContextTier.Above"/>.</summary>
    public IReadOnlyList<ContextTier> ContextTiers { get; init; } = [];

    public ServiceTiers ServiceTiers { get; init; } = ServiceTiers.None;

    /// <summary>Address where the provider says so; null where not said.</summary>
    public string? Source { get; init; }

    /// <summary>A guess: the model itself is not in the book.</summary>
    public bool IsEstimate { get; init; }

    public bool HoldsAt(DateTimeOffset time) => time >= From && (Until is not { } until || time < until);

    /// <summary>The tier with the largest limit that the prompt crosses; null for none.</summary>
    public ContextTier? TierOf(long inputTokens)
    {
        for (var i = ContextTiers.Count - 1; i >= 0; i--)
            if (inputTokens > ContextTiers[i].Above) return ContextTiers[i];
        return null;
    }
}

/// <summary>Prices of prompts longer than a limit; the whole call is charged by them, output included.</summary>
/// <param name="Above">Tokens of input that must be exceeded.</param>
/// <param name="Input">Factor of the input prices.</param>
/// <param name="Output">Factor of the output prices.</param>
/// <param name="Own">Prices of the tier's own, already laid over those of the entry; null for the entry's.</param>
sealed record ContextTier(long Above, Factor Input, Factor Output, ComponentPrices? Own = null);
