namespace Weir.Ai;

/// <summary>
/// What a model can and cannot take, as far as translation must know. Read from the table of models; a model that is not in it is assumed to take all
/// that its dialect can say.
/// </summary>
sealed record ModelTraits
{
    public static ModelTraits Unknown { get; } = new() { IsUnknown = true };

    /// <summary>Nothing is known of the model itself: what is not said here is open.</summary>
    public bool IsUnknown { get; init; }

    /// <summary>Tokens of prompt and answer together; null where not known.</summary>
    public int? ContextTokens { get; init; }

    /// <summary>Most tokens of one answer; null where not known.</summary>
    public int? OutputTokensMax { get; init; }

    /// <summary>Parameters that the model refuses, in OpenAI's words: <c>temperature</c>, <c>top_p</c>, <c>stop</c>.</summary>
    public IReadOnlySet<string> Refuses { get; init; } = new HashSet<string>();

    /// <summary>
    /// Parameters that the provider takes beyond those that OpenAI defines, in the words of OpenAI-compatible providers: <c>cache_control</c>, <c>top_k</c>,
    /// <c>reasoning_content</c> (thoughts of earlier turns).
    /// </summary>
    public IReadOnlySet<string> Takes { get; init; } = new HashSet<string>();

    /// <summary>The limit of tokens is called max_completion_tokens (OpenAI's reasoning models).</summary>
    public bool WantsMaxCompletionTokens { get; init; }

    /// <summary>Thinks when asked.</summary>
    public bool Reasons { get; init; }

    /// <summary>Decides itself how much to think, and refuses a budget (Anthropic's newest models).</summary>
    public bool ReasonsAdaptively { get; init; }

    /// <summary>Has no structured output of its own: a schema is asked for through a tool that it must call.</summary>
    public bool LacksJsonSchema { get; init; }

    /// <summary>Kinds of input besides text: "image", "audio", "video", "document"; null where not known: all are sent.</summary>
    public IReadOnlySet<string>? Inputs { get; init; }

    /// <summary>Beta flags that this provider's model takes; null where not known: all are sent.</summary>
    public IReadOnlySet<string>? Betas { get; init; }
}
