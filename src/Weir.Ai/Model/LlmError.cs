namespace Weir.Ai;

/// <summary>What went wrong, between all dialects' error forms.</summary>
enum LlmErrorKind
{
    /// <summary>The request is not valid (400).</summary>
    InvalidRequest,

    /// <summary>The key is missing or wrong (401).</summary>
    Authentication,

    /// <summary>Not allowed (403).</summary>
    Permission,

    /// <summary>There is no such model or object (404).</summary>
    NotFound,

    /// <summary>Too large (413), or longer than the context window.</summary>
    TooLarge,

    /// <summary>Too many requests or tokens (429).</summary>
    RateLimit,

    /// <summary>The account has no money left (402, or OpenAI's insufficient_quota).</summary>
    Quota,

    /// <summary>Refused by a filter or a guard.</summary>
    ContentFilter,

    /// <summary>The provider failed (500, 502).</summary>
    Provider,

    /// <summary>The provider is overloaded (503, 529).</summary>
    Overloaded,

    /// <summary>The provider took too long (408, 504).</summary>
    Timeout,
}

/// <summary>An error of a provider or of the gateway, to be shown in the client's own dialect.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Status">HTTP status.</param>
/// <param name="Message">What to tell the caller.</param>
sealed record LlmError(LlmErrorKind Kind, int Status, string Message)
{
    /// <summary>The provider's own word for it (OpenAI's code, Anthropic's type, Gemini's status), or null.</summary>
    public string? Code { get; init; }

    /// <summary>The field of the request that it is about, or null.</summary>
    public string? Param { get; init; }

    /// <summary>Seconds after which trying again may help; null where not known.</summary>
    public int? RetryAfterSeconds { get; init; }

    /// <summary>The kind that a status stands for.</summary>
    public static LlmErrorKind KindOf(int status) => status switch
    {
        401 => LlmErrorKind.Authentication,
        402 => LlmErrorKind.Quota,
        403 => LlmErrorKind.Permission,
        404 => LlmErrorKind.NotFound,
        408 or 504 => LlmErrorKind.Timeout,
        413 => LlmErrorKind.TooLarge,
        429 => LlmErrorKind.RateLimit,
        503 or 529 => LlmErrorKind.Overloaded,
        >= 500 => LlmErrorKind.Provider,
        _ => LlmErrorKind.InvalidRequest,
    };
}
