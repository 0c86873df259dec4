using System.Text.Json;

namespace Weir.Ai;

/// <summary>
/// What the gateway must know of a request that passes through unchanged: model, limits and the size of the prompt, found in one pass over the body of a
/// chat, completions, responses, messages or embeddings request, without a tree. Places are those of the values, so that they can be replaced where they
/// stand (<see cref="BodyEdits"/>); a place that is not empty and has no value is null in the body.
/// </summary>
readonly record struct PromptScan
{
    /// <summary>Deepest nesting that is read.</summary>
    public const int DepthMax = WireObject.DepthMax;

    /// <summary>Model; null when there is none.</summary>
    public string? Model { get; init; }

    public ByteRange ModelPlace { get; init; }

    public bool? IsStream { get; init; }

    public ByteRange StreamPlace { get; init; }

    /// <summary>
    /// The limit of output tokens that is the lowest of those given, by whatever name: max_tokens, max_completion_tokens, max_output_tokens.
    /// </summary>
    public int? OutputTokensMax { get; init; }

    public ByteRange MaxTokensPlace { get; init; }

    public ByteRange MaxCompletionTokensPlace { get; init; }

    public ByteRange MaxOutputTokensPlace { get; init; }

    /// <summary>Number of answers asked for; null for one.</summary>
    public int? Choices { get; init; }

    /// <summary>Most tokens of thinking, which are part of the answer's: thinking.budget_tokens (Anthropic), thinking.token_budget (Cohere).</summary>
    public int? ThinkingTokensMax { get; init; }

    public ByteRange ThinkingTokensPlace { get; init; }

    /// <summary>Place of the object stream_options.</summary>
    public ByteRange StreamOptionsPlace { get; init; }

    /// <summary>The value of stream_options.include_usage.</summary>
    public bool? IncludesUsage { get; init; }

    public ByteRange IncludeUsagePlace { get; init; }

    /// <summary>End user, or null.</summary>
    public string? User { get; init; }

    public bool HasTemperature { get; init; }

    public bool HasTopP { get; init; }

    public bool HasTopK { get; init; }

    /// <summary>Offset of the body's opening brace.</summary>
    public int RootStart { get; init; }

    /// <summary>What the prompt is made of.</summary>
    public PromptSize Size { get; init; }

    /// <summary>Reads a body. False when it cannot be passed on; then <paramref name="problems"/> says why.</summary>
    public static bool TryRead(ReadOnlySpan<byte> body, out PromptScan scan, Problems problems)
    {
        var before = problems.Found.Count;
        scan = default;
        try
        {
            scan = new PromptScanner(body, problems).Read();
        }
        catch (JsonException e)
        {
            problems.Add($"the body is not valid JSON: {e.Message}");
        }
        return problems.Found.Count == before;
    }
}

/// <summary>The size of a prompt, for estimates of its tokens.</summary>
record struct PromptSize
{
    /// <summary>UTF-8 bytes of all texts: messages, input, prompt, system, instructions; without media.</summary>
    public long TextBytes { get; set; }

    /// <summary>Tokens that were given as such, by number.</summary>
    public long Tokens { get; set; }

    /// <summary>Bytes of media and of what is encrypted, in base64, and of addresses.</summary>
    public long MediaBytes { get; set; }

    /// <summary>Bytes of the definitions of tools.</summary>
    public long ToolBytes { get; set; }

    public int Tools { get; set; }

    public int Messages { get; set; }

    public int Images { get; set; }

    /// <summary>Recordings, PDFs and other files.</summary>
    public int Files { get; set; }
}
