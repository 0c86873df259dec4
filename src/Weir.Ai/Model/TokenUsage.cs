namespace Weir.Ai;

/// <summary>
/// What one call used, in the same terms for every provider: <see cref="Input"/> counts every token of the prompt, cached or not; <see cref="Output"/>
/// counts every token generated, reasoning included. Providers that count otherwise are converted where their wire is read.
/// </summary>
sealed record TokenUsage
{
    /// <summary>Tokens of the prompt, those read from and written to a cache included.</summary>
    public long Input { get; init; }

    /// <summary>Part of <see cref="Input"/> that was read from the provider's prompt cache.</summary>
    public long CacheRead { get; init; }

    /// <summary>Part of <see cref="Input"/> that was written to the cache for the default time (5 minutes).</summary>
    public long CacheWrite { get; init; }

    /// <summary>Part of <see cref="Input"/> that was written to the cache for an hour.</summary>
    public long CacheWriteLong { get; init; }

    /// <summary>Part of <see cref="Input"/> that is audio.</summary>
    public long AudioInput { get; init; }

    /// <summary>Part of <see cref="Input"/> that is images.</summary>
    public long ImageInput { get; init; }

    /// <summary>Tokens generated, reasoning included.</summary>
    public long Output { get; init; }

    /// <summary>Part of <see cref="Output"/> that is reasoning.</summary>
    public long Reasoning { get; init; }

    /// <summary>Part of <see cref="Output"/> that is audio.</summary>
    public long AudioOutput { get; init; }

    /// <summary>Part of <see cref="Output"/> that is images.</summary>
    public long ImageOutput { get; init; }

    /// <summary>Predicted output that was used (OpenAI).</summary>
    public long PredictionAccepted { get; init; }

    /// <summary>Predicted output that was not used and is billed all the same (OpenAI).</summary>
    public long PredictionRejected { get; init; }

    /// <summary>Searches that the provider made on the web.</summary>
    public long WebSearches { get; init; }

    /// <summary>Service tier that really served, in the provider's words; null where it does not say.</summary>
    public string? ServiceTier { get; init; }

    /// <summary>The provider sent no usage: these are the gateway's own counts.</summary>
    public bool IsEstimated { get; init; }

    public long Total => Input + Output;
}
