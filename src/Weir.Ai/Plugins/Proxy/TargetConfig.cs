using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Weir.Ai.Plugins;

/// <summary>A model at a provider, and how it is reached: what ai-proxy has at its root and ai-proxy-advanced in each of its targets.</summary>
record TargetConfig
{
    [Description("What is asked of the model. Requests to a well-known path (/v1/messages, /v1/embeddings, …) are taken for what their path says.")]
    public RouteType RouteType { get; init; } = RouteType.Chat;

    [Description("How Weir proves itself to the provider.")]
    public TargetAuth Auth { get; init; } = new();

    [Description("Several credentials that share the calls; one that the provider refuses rests. Kong has no such field.")]
    public KeyPoolConfig? AuthPool { get; init; }

    [Description("What of the calls is logged.")]
    public TargetLogging Logging { get; init; } = new();

    [Description("The model.")]
    public required ModelConfig Model { get; init; }
}

/// <summary>The model of a target.</summary>
sealed record ModelConfig
{
    [Description("Who serves the model.")]
    public required ProviderName Provider { get; init; }

    [Description("Name of the model at the provider. Unset: the request's. May be a template: $(headers.x), $(uri_captures.x), $(query_params.x).")]
    public string? Name { get; init; }

    [Description("Name under which clients ask for this model; it chooses among targets and is not sent upstream.")]
    public string? ModelAlias { get; init; }

    [Description("Parameters of the model and of its provider.")]
    public ModelOptions Options { get; init; } = new();
}

/// <summary>Parameters of a model and of its provider.</summary>
sealed record ModelOptions
{
    [Description("Most tokens of an answer; what the request asks for is cut to it.")]
    public int? MaxTokens { get; init; }

    [Description("Sampling temperature where the request gives none."), Range(0.0, 5.0)]
    public double? Temperature { get; init; }

    [Description("Nucleus sampling where the request gives none."), Range(0.0, 1.0)]
    public double? TopP { get; init; }

    [Description("Tokens to sample from where the request gives none."), Range(0, 500)]
    public int? TopK { get; init; }

    [Description("Price of 1,000,000 tokens of prompt.")]
    public decimal? InputCost { get; init; }

    [Description("Price of 1,000,000 tokens of answer.")]
    public decimal? OutputCost { get; init; }

    [Description("Price of 1,000,000 tokens read from the provider's prompt cache.")]
    public decimal? CacheReadCost { get; init; }

    [Description("Price of 1,000,000 tokens written to the provider's prompt cache.")]
    public decimal? CacheWriteCost { get; init; }

    [Description("Prices of tokens written to the cache by their time to live.")]
    public IReadOnlyList<CacheWriteCost>? CacheWriteCostList { get; init; }

    [Description("Factors for long prompts.")]
    public IReadOnlyList<ContextWindowFactor>? ContextWindowFactor { get; init; }

    [Description("Factors for service tiers.")]
    public IReadOnlyList<ServiceTierFactor>? ServiceTierFactor { get; init; }

    [Description("Dimensions of embeddings where the request gives none.")]
    public int? EmbeddingsDimensions { get; init; }

    [Description("URL of the provider in place of its own. With a path it is used as it is; without one the provider's path is added."), Referenceable]
    public string? UpstreamUrl { get; init; }

    [Description("Path at the provider in place of its own.")]
    public string? UpstreamPath { get; init; }

    [Description("Azure: name of the instance, the first label of its host."), Referenceable]
    public string? AzureInstance { get; init; }

    [Description("Azure: name of the deployment.")]
    public string? AzureDeploymentId { get; init; }

    [Description("Azure: version of the API.")]
    public string AzureApiVersion { get; init; } = "2023-05-15";

    [Description("Anthropic: version of the API.")]
    public string? AnthropicVersion { get; init; }

    [Description("Format that a Llama 2 server speaks.")]
    public Llama2Format? Llama2Format { get; init; }

    [Description("Format that a Mistral server speaks.")]
    public MistralFormat? MistralFormat { get; init; }

    [Description("Amazon Bedrock.")]
    public BedrockOptions? Bedrock { get; init; }

    [Description("Google Gemini and Vertex AI.")]
    public GeminiOptions? Gemini { get; init; }

    [Description("Hugging Face.")]
    public HuggingFaceOptions? Huggingface { get; init; }

    [Description("Cohere.")]
    public CohereOptions? Cohere { get; init; }

    [Description("Alibaba DashScope.")]
    public InternationalOptions? Dashscope { get; init; }

    [Description("Moonshot Kimi.")]
    public InternationalOptions? Kimi { get; init; }

    [Description("Databricks.")]
    public DatabricksOptions? Databricks { get; init; }

    /// <summary>The prices among the options.</summary>
    internal TargetCosts Costs => new()
    {
        InputCost = InputCost,
        OutputCost = OutputCost,
        CacheReadCost = CacheReadCost,
        CacheWriteCost = CacheWriteCost,
        CacheWriteCostList = CacheWriteCostList ?? [],
        ContextWindowFactor = ContextWindowFactor ?? [],
        ServiceTierFactor = ServiceTierFactor ?? [],
    };
}

/// <summary>Amazon Bedrock.</summary>
sealed record BedrockOptions
{
    [Description("Region; AWS_REGION of the environment when unset.")]
    public string? AwsRegion { get; init; }

    [Description("Role to assume for the calls.")]
    public string? AwsAssumeRoleArn { get; init; }

    [Description("Name of the session of the assumed role.")]
    public string? AwsRoleSessionName { get; init; }

    [Description("Endpoint of the security token service.")]
    public string? AwsStsEndpointUrl { get; init; }

    [Description("performanceConfig.latency of each call.")]
    public string? PerformanceConfigLatency { get; init; }

    [Description("Bucket for batch jobs.")]
    public string? BatchBucketPrefix { get; init; }

    [Description("Role of batch jobs.")]
    public string? BatchRoleArn { get; init; }

    [Description("Normalise embeddings.")]
    public bool? EmbeddingsNormalize { get; init; }

    [Description("Bucket for generated videos.")]
    public string? VideoOutputS3Uri { get; init; }
}

/// <summary>Google Gemini and Vertex AI. With project and location the calls go to Vertex AI.</summary>
sealed record GeminiOptions
{
    [Description("Host of the API in place of Google's.")]
    public string? ApiEndpoint { get; init; }

    [Description("Vertex AI: project.")]
    public string? ProjectId { get; init; }

    [Description("Vertex AI: location.")]
    public string? LocationId { get; init; }

    [Description("Vertex AI: endpoint of a model of one's own.")]
    public string? EndpointId { get; init; }
}

/// <summary>Hugging Face.</summary>
sealed record HuggingFaceOptions
{
    [Description("Take answers from the provider's cache.")]
    public bool? UseCache { get; init; }

    [Description("Wait for a model that is not loaded.")]
    public bool? WaitForModel { get; init; }
}

/// <summary>Cohere.</summary>
sealed record CohereOptions
{
    [Description("What embeddings are for.")]
    public EmbeddingInputType EmbeddingInputType { get; init; } = EmbeddingInputType.Classification;

    [Description("Wait for a model that is not loaded.")]
    public bool? WaitForModel { get; init; }

    [Description("Version of the API.")]
    public string ApiVersion { get; init; } = "v2";
}

/// <summary>A provider with an international and a Chinese host.</summary>
sealed record InternationalOptions
{
    [Description("Use the international host.")]
    public bool International { get; init; } = true;
}

/// <summary>Databricks.</summary>
sealed record DatabricksOptions
{
    [Description("Instance of the workspace: the first labels of its host.")]
    public string? WorkspaceInstanceId { get; init; }
}

/// <summary>How Weir proves itself to a provider.</summary>
sealed record TargetAuth
{
    [Description("Header that carries the key."), Referenceable]
    public string? HeaderName { get; init; }

    [Description("Its value, with a scheme where the provider wants one: Bearer …."), Secret]
    public string? HeaderValue { get; init; }

    [Description("Parameter that carries the key."), Referenceable]
    public string? ParamName { get; init; }

    [Description("Its value."), Secret]
    public string? ParamValue { get; init; }

    [Description("Where the parameter stands.")]
    public ParamLocation? ParamLocation { get; init; }

    [Description("Clients may bring a key of their own, which then goes to the provider.")]
    public bool AllowOverride { get; init; }

    [Description("Azure: use the machine's managed identity, or the client's credentials below.")]
    public bool AzureUseManagedIdentity { get; init; }

    [Description("Azure: client id."), Referenceable]
    public string? AzureClientId { get; init; }

    [Description("Azure: client secret."), Secret]
    public string? AzureClientSecret { get; init; }

    [Description("Azure: tenant."), Referenceable]
    public string? AzureTenantId { get; init; }

    [Description("Google: use a service account.")]
    public bool GcpUseServiceAccount { get; init; }

    [Description("Google: the service account's key file, as JSON; unset: the machine's own account."), Secret]
    public string? GcpServiceAccountJson { get; init; }

    [Description("Google: metadata server in place of Google's."), Referenceable]
    public string? GcpMetadataUrl { get; init; }

    [Description("Google: token endpoint in place of the key file's."), Referenceable]
    public string? GcpOauthTokenUrl { get; init; }

    [Description("AWS: access key id; unset: the environment's."), Secret]
    public string? AwsAccessKeyId { get; init; }

    [Description("AWS: secret access key."), Secret]
    public string? AwsSecretAccessKey { get; init; }
}

/// <summary>What of the calls is logged.</summary>
sealed record TargetLogging
{
    [Description("Log models, tokens, cost and latency of each call.")]
    public bool LogStatistics { get; init; }

    [Description("Log requests and answers, as ai.proxy.payload.request and ai.proxy.payload.response; of streams, what they say.")]
    public bool LogPayloads { get; init; }

    [Description("Most bytes of a logged request, and of a logged answer. A field of Weir's own."), Range(1, 16 * 1024 * 1024)]
    public int PayloadBytesMax { get; init; } = 64 * 1024;

    [Description("What is taken out of logged requests and answers. A field of Weir's own."), Set]
    public IReadOnlyList<Recognizer> Redact { get; init; } = [Recognizer.ApiKey, Recognizer.Email, Recognizer.CreditCard];

    [Description("Regular expressions of what else is taken out of them. A field of Weir's own."), MaxLength(100)]
    public IReadOnlyList<string> RedactPatterns { get; init; } = [];
}

/// <summary>One of several targets.</summary>
sealed record BalancedTargetConfig : TargetConfig
{
    [Description("Share of the calls relative to the other targets."), Range(1, 65535)]
    public int Weight { get; init; } = 100;

    [Description("Try the target out with some of the calls; the other targets get the rest. Weir's own.")]
    public CanaryConfig? Canary { get; init; }

    [Description("What the target is good at, for the semantic algorithm; CATCHALL for whatever fits nothing else.")]
    public string? Description { get; init; }

    [Description("Notes about the target. Weir does not use them.")]
    public JsonElement? Metadata { get; init; }
}

/// <summary>What is asked of a model.</summary>
enum RouteType
{
    [JsonStringEnumMemberName("llm/v1/chat")] Chat,
    [JsonStringEnumMemberName("llm/v1/completions")] Completions,
    [JsonStringEnumMemberName("llm/v1/responses")] Responses,
    [JsonStringEnumMemberName("llm/v1/embeddings")] Embeddings,
    [JsonStringEnumMemberName("llm/v1/files")] Files,
    [JsonStringEnumMemberName("llm/v1/batches")] Batches,
    [JsonStringEnumMemberName("llm/v1/assistants")] Assistants,
    [JsonStringEnumMemberName("audio/v1/audio/speech")] Speech,
    [JsonStringEnumMemberName("audio/v1/audio/transcriptions")] Transcriptions,
    [JsonStringEnumMemberName("audio/v1/audio/translations")] Translations,
    [JsonStringEnumMemberName("image/v1/images/generations")] ImageGenerations,
    [JsonStringEnumMemberName("image/v1/images/edits")] ImageEdits,
    [JsonStringEnumMemberName("video/v1/videos/generations")] VideoGenerations,
    [JsonStringEnumMemberName("realtime/v1/realtime")] Realtime,
    [JsonStringEnumMemberName("preserve")] Preserve,
}

/// <summary>The dialect that clients speak.</summary>
enum LlmFormat
{
    [JsonStringEnumMemberName("openai")] OpenAi,
    [JsonStringEnumMemberName("anthropic")] Anthropic,
    [JsonStringEnumMemberName("bedrock")] Bedrock,
    [JsonStringEnumMemberName("cohere")] Cohere,
    [JsonStringEnumMemberName("gemini")] Gemini,
    [JsonStringEnumMemberName("huggingface")] HuggingFace,
}

/// <summary>Whether answers may be streamed.</summary>
enum ResponseStreaming
{
    [JsonStringEnumMemberName("allow")] Allow,
    [JsonStringEnumMemberName("deny")] Deny,
    [JsonStringEnumMemberName("always")] Always,
}

/// <summary>Where a parameter stands.</summary>
enum ParamLocation
{
    [JsonStringEnumMemberName("query")] Query,
    [JsonStringEnumMemberName("body")] Body,
}

/// <summary>Formats of Llama 2 servers.</summary>
enum Llama2Format
{
    [JsonStringEnumMemberName("raw")] Raw,
    [JsonStringEnumMemberName("openai")] OpenAi,
    [JsonStringEnumMemberName("ollama")] Ollama,
}

/// <summary>Formats of Mistral servers.</summary>
enum MistralFormat
{
    [JsonStringEnumMemberName("openai")] OpenAi,
    [JsonStringEnumMemberName("ollama")] Ollama,
}

/// <summary>What embeddings are for.</summary>
enum EmbeddingInputType
{
    [JsonStringEnumMemberName("classification")] Classification,
    [JsonStringEnumMemberName("clustering")] Clustering,
    [JsonStringEnumMemberName("image")] Image,
    [JsonStringEnumMemberName("search_document")] SearchDocument,
    [JsonStringEnumMemberName("search_query")] SearchQuery,
}
