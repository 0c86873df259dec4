namespace Weir.Acceptance;

/// <summary>A client's own words for what happened.</summary>
sealed record SdkWords
{
    /// <summary>The answer was as long as allowed.</summary>
    public required string Length { get; init; }

    /// <summary>The model called tools.</summary>
    public required string Tools { get; init; }

    /// <summary>Classes of errors by status.</summary>
    public required IReadOnlyDictionary<int, string> Errors { get; init; }

    /// <summary>Usage names the tokens of thoughts.</summary>
    public bool CountsThoughts { get; init; } = true;

    /// <summary>Streams bring usage.</summary>
    public bool CountsStreams { get; init; } = true;

    /// <summary>Output tokens that the client itself adds to those of a stream.</summary>
    public int StreamTokensAdded { get; init; }

    /// <summary>OpenAI's classes; Anthropic's have the same names.</summary>
    public static readonly IReadOnlyDictionary<int, string> PlainErrors = new Dictionary<int, string>
    {
        [400] = "BadRequestError", [401] = "AuthenticationError", [429] = "RateLimitError", [500] = "InternalServerError",
    };

    /// <summary>One class for every status.</summary>
    public static IReadOnlyDictionary<int, string> OneError(string name) => PlainErrors.Keys.ToDictionary(static status => status, _ => name);
}
