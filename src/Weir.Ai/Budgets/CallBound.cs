using System.Buffers.Text;

namespace Weir.Ai;

/// <summary>The most that a call may use, as far as can be known before it is made.</summary>
readonly record struct CallBound
{
    /// <summary>Tokens of the prompt, hardly exceeded.</summary>
    public required long InputMax { get; init; }

    /// <summary>Tokens of all answers of the call together.</summary>
    public required long OutputMax { get; init; }

    /// <summary>Answers asked for.</summary>
    public required int Choices { get; init; }

    /// <summary>Tokens of an answer that may go into thinking before it; 0 where the request does not say.</summary>
    public int ThinkingTokens { get; init; }

    /// <summary>The provider holds the call to <see cref="OutputMax"/>: it was asked to, or the model has no more. Else it is an assumption.</summary>
    public required bool IsHeld { get; init; }

    /// <summary>The request, or the operator, names a limit of tokens.</summary>
    public required bool IsStated { get; init; }

    /// <summary>Service tier asked for; null for none.</summary>
    public string? Tier { get; init; }

    /// <param name="call">The call.</param>
    /// <param name="target">Where it goes.</param>
    /// <param name="model">Model asked of the provider.</param>
    /// <param name="entry">Its prices; null where it has none.</param>
    /// <param name="outputAssumed">Tokens of an answer of which no limit is known.</param>
    public static CallBound Of(LlmCall call, Target target, string model, PriceEntry? entry, int outputAssumed)
    {
        if (call.Surface.Operation != Operation.Chat) return OfOther(call, model, outputAssumed);
        var wire = target.Provider.WireFor(call.Surface.Dialect);
        var isPassed = wire == call.Surface.Dialect && !call.IsRewritten;
        // The tree of a body is made only where a look over it does not tell.
        var needsTree = !isPassed || call.Scan.Size is { Images: > 0 } or { Files: > 0 } || entry is { ServiceTiers.Words.Count: > 0 }
            || call.Surface.Dialect is DialectName.Gemini or DialectName.Bedrock;
        var request = needsTree ? call.Read(new Problems()) : null;
        var stated = LimitOf(call, target, request, isPassed, wire);
        var traits = target.TraitsOf(model);
        var known = traits.OutputTokensMax ?? (!isPassed && wire == DialectName.Anthropic ? AnthropicDefault : null);
        var choices = Math.Max(1, request?.Sampling.Choices ?? call.Scan.Choices ?? 1);
        return new CallBound
        {
            InputMax = request is not null ? TokenEstimator.Prompt(request, model).TokensMax : InputOf(call, model),
            OutputMax = (long)(stated ?? known ?? outputAssumed) * choices,
            Choices = choices,
            ThinkingTokens = request?.Reasoning?.BudgetTokens ?? call.Scan.ThinkingTokensMax ?? 0,
            IsStated = stated is not null,
            IsHeld = stated is not null || known is not null,
            Tier = request?.ServiceTier,
        };
    }

    /// <summary>What translation writes where that wire must have a limit and the request has none.</summary>
    const int AnthropicDefault = 4096;

    static CallBound OfOther(LlmCall call, string model, int outputAssumed)
    {
        var hasNoOutput = call.Surface.Operation is Operation.Embeddings or Operation.Rerank or Operation.CountTokens;
        var choices = Math.Max(1, call.Scan.Choices ?? 1);
        return new CallBound
        {
            // The next answer of a session is given all that was said in it.
            InputMax = call.IsJson ? InputOf(call, model) : call.SessionTokens,
            OutputMax = hasNoOutput ? 0 : (long)outputAssumed * choices,
            Choices = choices,
            IsStated = false,
            IsHeld = hasNoOutput,
        };
    }

    static long InputOf(LlmCall call, string model)
    {
        var size = call.Scan.Size;
        return TokenEstimator.Body(size.TextBytes + size.ToolBytes, model, size.Tools > 0).TokensMax + size.Tokens + ((long)size.Messages * MessageTokens);
    }

    /// <summary>What providers put around a message, at most.</summary>
    const int MessageTokens = 8;

    /// <summary>The limit of tokens that will stand in the request to the provider; null for none.</summary>
    static int? LimitOf(LlmCall call, Target target, ChatRequest? request, bool isPassed, DialectName wire)
    {
        var asked = isPassed && wire is not (DialectName.Gemini or DialectName.Bedrock) ? Stated(call, wire) : request?.Sampling.OutputTokensMax;
        var setsOptions = !isPassed
            || wire is DialectName.OpenAiChat or DialectName.Anthropic or DialectName.OpenAiCompletions or DialectName.OpenAiResponses;
        return setsOptions ? target.Options.MaxTokens ?? asked : asked;
    }

    /// <summary>Of the fields that a provider of this wire may obey, the highest: what it does with two is not known.</summary>
    static int? Stated(LlmCall call, DialectName wire)
    {
        var scan = call.Scan;
        if (wire == DialectName.OpenAiResponses) return Value(call, scan.MaxOutputTokensPlace);
        var (older, newer) = (Value(call, scan.MaxTokensPlace), Value(call, scan.MaxCompletionTokensPlace));
        if (wire != DialectName.OpenAiChat) return older;
        return older is null || newer > older ? newer : older;
    }

    static int? Value(LlmCall call, ByteRange place) =>
        !place.IsEmpty && Utf8Parser.TryParse(call.Body.Span.Slice(place.Start, place.Length), out int value, out var read) && read == place.Length
            ? value : null;
}
