namespace Weir.Ai;

/// <summary>Names of OpenTelemetry's semantic conventions for generative AI.</summary>
static class GenAiNames
{
    /// <summary>Name of the source of spans and of the meter.</summary>
    public const string Source = "Weir.Ai";

    public const string OperationName = "gen_ai.operation.name";
    public const string Provider = "gen_ai.provider.name";
    public const string RequestModel = "gen_ai.request.model";
    public const string MaxTokens = "gen_ai.request.max_tokens";
    public const string ResponseModel = "gen_ai.response.model";
    public const string ResponseId = "gen_ai.response.id";
    public const string FinishReasons = "gen_ai.response.finish_reasons";
    public const string InputTokens = "gen_ai.usage.input_tokens";
    public const string OutputTokens = "gen_ai.usage.output_tokens";
    public const string CacheReadTokens = "gen_ai.usage.cache_read.input_tokens";
    public const string CacheCreationTokens = "gen_ai.usage.cache_creation.input_tokens";
    public const string Conversation = "gen_ai.conversation.id";
    public const string TokenType = "gen_ai.token.type";
    public const string ServerAddress = "server.address";
    public const string ServerPort = "server.port";
    public const string ErrorType = "error.type";
    public const string RequestMode = "kong.gen_ai.request.mode";
    public const string Consumer = "kong.auth.consumer.name";
    public const string Tries = "weir.llm.tries";
    public const string Cost = "weir.llm.cost";
    public const string StreamState = "weir.llm.stream_state";

    public static string OperationOf(Surface surface) => surface.Operation switch
    {
        Operation.Chat when surface.Dialect == DialectName.OpenAiCompletions => "text_completion",
        Operation.Chat when surface.Dialect == DialectName.Gemini => "generate_content",
        Operation.Chat => "chat",
        Operation.Embeddings => "embeddings",
        _ => surface.Operation.ToString().ToLowerInvariant(),
    };

    /// <summary>The well-known value for a provider, or its name in configuration.</summary>
    public static string ProviderOf(Target target) => target.Config.Model.Provider switch
    {
        ProviderName.Azure => "azure.ai.openai",
        ProviderName.Bedrock => "aws.bedrock",
        ProviderName.Gemini => "gcp.gemini",
        ProviderName.Vertex => "gcp.vertex_ai",
        ProviderName.Mistral => "mistral_ai",
        ProviderName.Xai => "x_ai",
        _ => target.ProviderText,
    };

    public static string StopOf(StopReason stop) => stop switch
    {
        StopReason.MaxTokens => "length",
        StopReason.ToolCalls => "tool_calls",
        StopReason.ContentFilter or StopReason.Refusal => "content_filter",
        _ => "stop",
    };

    /// <summary>What an unfinished call failed with; null for one that went well.</summary>
    public static string? ErrorOf(LlmOutcome outcome) => outcome switch
    {
        { ProviderStatus: >= 400 } => outcome.ProviderStatus.ToString(System.Globalization.CultureInfo.InvariantCulture),
        { ClientLeft: true } => "client_left",
        { Error: { } error } => error.Kind == LlmErrorKind.Timeout ? "timeout" : error.Kind.ToString().ToLowerInvariant(),
        { IsComplete: true } => null,
        _ => "_OTHER",
    };
}
