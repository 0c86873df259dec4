using Weir.Ai.Plugins;

namespace Weir.Ai;

/// <summary>What the operator's options do to a conversation: the limit of tokens is theirs, sampling is the client's where it says anything.</summary>
static class OperatorSettings
{
    /// <summary>Fewest tokens of thinking that are asked for in place of more: what Anthropic takes.</summary>
    public const int ThinkingTokensMin = AnthropicThinking.BudgetTokensMin;

    public static ChatRequest Apply(ChatRequest request, ModelOptions options, string model, bool isStream, int? outputTokensCap)
    {
        var sampling = request.Sampling;
        sampling = sampling with
        {
            OutputTokensMax = Lower(options.MaxTokens ?? sampling.OutputTokensMax, outputTokensCap),
            Temperature = sampling.Temperature ?? options.Temperature,
            TopP = sampling.TopP ?? options.TopP,
            TopK = sampling.TopK ?? options.TopK,
        };
        var lowered = sampling.OutputTokensMax is { } limit && !(limit >= request.Sampling.OutputTokensMax) ? limit : (int?)null;
        var sent = request.With(model, isStream, sampling);
        sent.Reasoning = Within(request.Reasoning, lowered);
        return sent;
    }

    /// <summary>
    /// Tokens of thinking that fit into a lowered limit of tokens, of which they are part: some of it must be left for the answer. Fewer than a provider takes
    /// are not asked for; it then refuses the call.
    /// </summary>
    public static int ThinkingWithin(int asked, int limit) => Math.Min(asked, Math.Max(ThinkingTokensMin, (int)(limit * 4L / 5)));

    static Reasoning? Within(Reasoning? asked, int? limit) =>
        asked is { BudgetTokens: { } budget and > 0 } && limit is { } tokens ? asked with { BudgetTokens = ThinkingWithin(budget, tokens) } : asked;

    /// <summary>The lower of two limits, each of which may be missing.</summary>
    public static int? Lower(int? one, int? other) => one < other ? one : other ?? one;
}
