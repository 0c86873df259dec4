using System.Collections.Frozen;

namespace Weir.Ai;

/// <summary>What OpenAI's parameters are called in other dialects: a loss is named in the words that the client used.</summary>
static class FieldNames
{
    static readonly FrozenDictionary<string, string> s_anthropic = new Dictionary<string, string>
    {
        ["stop"] = "stop_sequences",
        ["reasoning_effort"] = "thinking",
        ["parallel_tool_calls"] = "tool_choice.disable_parallel_tool_use",
        ["response_format"] = "output_config.format",
        ["user"] = "metadata.user_id",
    }.ToFrozenDictionary();

    static readonly FrozenDictionary<string, string> s_gemini = new Dictionary<string, string>
    {
        ["temperature"] = "generationConfig.temperature",
        ["top_p"] = "generationConfig.topP",
        ["top_k"] = "generationConfig.topK",
        ["stop"] = "generationConfig.stopSequences",
        ["seed"] = "generationConfig.seed",
        ["n"] = "generationConfig.candidateCount",
        ["max_tokens"] = "generationConfig.maxOutputTokens",
        ["frequency_penalty"] = "generationConfig.frequencyPenalty",
        ["presence_penalty"] = "generationConfig.presencePenalty",
        ["logprobs"] = "generationConfig.responseLogprobs",
        ["top_logprobs"] = "generationConfig.logprobs",
        ["reasoning_effort"] = "generationConfig.thinkingConfig",
        ["response_format"] = "generationConfig.responseSchema",
        ["modalities"] = "generationConfig.responseModalities",
        ["audio"] = "generationConfig.speechConfig",
        ["tool_choice"] = "toolConfig",
    }.ToFrozenDictionary();

    static readonly FrozenDictionary<string, string> s_bedrock = new Dictionary<string, string>
    {
        ["temperature"] = "inferenceConfig.temperature",
        ["top_p"] = "inferenceConfig.topP",
        ["top_k"] = "additionalModelRequestFields.top_k",
        ["stop"] = "inferenceConfig.stopSequences",
        ["max_tokens"] = "inferenceConfig.maxTokens",
        ["reasoning_effort"] = "additionalModelRequestFields.thinking",
        ["tool_choice"] = "toolConfig.toolChoice",
        ["metadata"] = "requestMetadata",
        ["response_format"] = "outputConfig.textFormat",
        ["service_tier"] = "serviceTier",
    }.ToFrozenDictionary();

    static readonly FrozenDictionary<string, string> s_cohere = new Dictionary<string, string>
    {
        ["top_p"] = "p",
        ["top_k"] = "k",
        ["stop"] = "stop_sequences",
        ["reasoning_effort"] = "thinking",
    }.ToFrozenDictionary();

    static readonly FrozenDictionary<string, string> s_responses = new Dictionary<string, string>
    {
        ["max_tokens"] = "max_output_tokens",
        ["reasoning_effort"] = "reasoning.effort",
        ["response_format"] = "text.format",
    }.ToFrozenDictionary();

    /// <param name="dialect">Dialect of the request.</param>
    /// <param name="name">OpenAI's name.</param>
    public static string Of(DialectName dialect, string name)
    {
        var names = dialect switch
        {
            DialectName.Anthropic => s_anthropic,
            DialectName.Gemini => s_gemini,
            DialectName.Bedrock => s_bedrock,
            DialectName.Cohere => s_cohere,
            DialectName.OpenAiResponses => s_responses,
            _ => null,
        };
        return names?.GetValueOrDefault(name) ?? name;
    }
}
