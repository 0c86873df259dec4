namespace Weir.Ai;

/// <summary>What a field is called in the dialect that a request was read from: losses are named in the caller's own words.</summary>
static class LossTerms
{
    /// <summary>The name in <paramref name="dialect"/> of what OpenAI's chat calls <paramref name="chatName"/>.</summary>
    public static string Of(DialectName dialect, string chatName) => dialect switch
    {
        DialectName.Anthropic => Anthropic(chatName),
        DialectName.OpenAiResponses => Responses(chatName),
        DialectName.Gemini => Gemini(chatName),
        DialectName.Bedrock => Bedrock(chatName),
        DialectName.Cohere => Cohere(chatName),
        _ => chatName,
    };

    static string Anthropic(string name) => name switch
    {
        "stop" => "stop_sequences",
        "reasoning_effort" => "thinking",
        "response_format" => "output_config.format",
        "user" => "metadata.user_id",
        "parallel_tool_calls" => "tool_choice.disable_parallel_tool_use",
        _ => name,
    };

    static string Responses(string name) => name switch
    {
        "reasoning_effort" => "reasoning.effort",
        "response_format" => "text.format",
        "max_tokens" => "max_output_tokens",
        _ => name,
    };

    static string Gemini(string name) => name switch
    {
        "n" => "generationConfig.candidateCount",
        "stop" => "generationConfig.stopSequences",
        "temperature" => "generationConfig.temperature",
        "top_p" => "generationConfig.topP",
        "top_k" => "generationConfig.topK",
        "max_tokens" => "generationConfig.maxOutputTokens",
        "frequency_penalty" => "generationConfig.frequencyPenalty",
        "presence_penalty" => "generationConfig.presencePenalty",
        "seed" => "generationConfig.seed",
        "logprobs" => "generationConfig.responseLogprobs",
        "top_logprobs" => "generationConfig.logprobs",
        "modalities" => "generationConfig.responseModalities",
        "audio" => "generationConfig.speechConfig",
        "response_format" => "generationConfig.responseSchema",
        "reasoning_effort" => "generationConfig.thinkingConfig",
        "tool_choice" => "toolConfig",
        _ => name,
    };

    static string Bedrock(string name) => name switch
    {
        "stop" => "inferenceConfig.stopSequences",
        "temperature" => "inferenceConfig.temperature",
        "top_p" => "inferenceConfig.topP",
        "max_tokens" => "inferenceConfig.maxTokens",
        "top_k" => "additionalModelRequestFields.top_k",
        "reasoning_effort" => "additionalModelRequestFields.thinking",
        "response_format" => "outputConfig.textFormat",
        "tool_choice" => "toolConfig.toolChoice",
        "metadata" => "requestMetadata",
        "service_tier" => "serviceTier",
        _ => name,
    };

    static string Cohere(string name) => name switch
    {
        "stop" => "stop_sequences",
        "top_p" => "p",
        "top_k" => "k",
        "reasoning_effort" => "thinking",
        _ => name,
    };
}
