using Weir.Ai.Plugins;

namespace Weir.Ai;

/// <summary>What the operator's options do to a conversation: the limit of tokens is theirs, sampling is the client's where it says anything.</summary>
static class OperatorSettings
{
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
        return request.With(model, isStream, sampling);
    }

    /// <summary>The lower of two limits, each of which may be missing.</summary>
    public static int? Lower(int? one, int? other) => one < other ? one : other ?? one;
}
