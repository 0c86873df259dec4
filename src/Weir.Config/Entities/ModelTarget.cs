using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;

namespace Weir.Config;

/// <summary>A model of a provider that serves a model.</summary>
sealed record ModelTarget
{
    [Description("Name of the model at the provider.")]
    public required string Name { get; init; }

    [Description("The provider, by name.")]
    public required string Provider { get; init; }

    [Description("Share of the calls relative to the other targets."), Range(1, 65535)]
    public int Weight { get; init; } = 100;

    [Description("What the target is good at, for the semantic algorithm.")]
    public string? SemanticDescription { get; init; }

    [Description("Callers may bring a key of the provider of their own, which then goes to it.")]
    public bool AllowAuthOverride { get; init; }

    [Description("Parameters of the model.")]
    public ModelTargetSettings Config { get; init; } = new();
}

/// <summary>Parameters of a model at a provider. Those of other types of providers are refused.</summary>
sealed record ModelTargetSettings
{
    [Description("Type of the provider; must be the provider's own.")]
    public string? Type { get; init; }

    [Description("Most tokens of an answer.")]
    public int? MaxTokens { get; init; }

    [Description("Sampling temperature where the request gives none.")]
    public double? Temperature { get; init; }

    [Description("Nucleus sampling where the request gives none.")]
    public double? TopP { get; init; }

    [Description("Tokens to sample from where the request gives none.")]
    public int? TopK { get; init; }

    [Description("Dimensions of embeddings where the request gives none.")]
    public int? EmbeddingsDimensions { get; init; }

    [Description("Price of 1,000,000 tokens of prompt.")]
    public decimal? InputCost { get; init; }

    [Description("Price of 1,000,000 tokens of answer.")]
    public decimal? OutputCost { get; init; }

    [Description("Price of 1,000,000 tokens read from the provider's prompt cache.")]
    public decimal? CacheReadCost { get; init; }

    [Description("Price of 1,000,000 tokens written to the provider's prompt cache.")]
    public decimal? CacheWriteCost { get; init; }

    [Description("URL of the provider in place of its own. With a path it is used as it is."), Referenceable]
    public string? UpstreamUrl { get; init; }

    [Description("anthropic: version of the API.")]
    public string? Version { get; init; }

    [Description("azure: name of the deployment.")]
    public string? DeploymentId { get; init; }

    [Description("azure, cohere: version of the API.")]
    public string? ApiVersion { get; init; }

    [Description("bedrock: region.")]
    public string? Region { get; init; }

    [Description("bedrock: bucket for batch jobs.")]
    public string? BatchBucketPrefix { get; init; }

    [Description("bedrock: normalise embeddings.")]
    public bool? EmbeddingsNormalize { get; init; }

    [Description("bedrock: performanceConfig.latency of each call.")]
    public string? PerformanceConfigLatency { get; init; }

    [Description("bedrock: bucket for generated videos.")]
    public string? VideoOutputS3Uri { get; init; }

    [Description("cohere: what embeddings are for.")]
    public string? EmbeddingInputType { get; init; }

    [Description("cohere, huggingface: wait for a model that is not loaded.")]
    public bool? WaitForModel { get; init; }

    [Description("huggingface: take answers from the provider's cache.")]
    public bool? UseCache { get; init; }

    [Description("dashscope, kimi: the address outside of China.")]
    public bool? International { get; init; }

    [Description("databricks: id of the workspace.")]
    public string? WorkspaceInstanceId { get; init; }

    [Description("llama2, mistral: format that the server speaks.")]
    public string? Format { get; init; }

    [Description("gemini, vertex: api_endpoint, project_id, location_id, endpoint_id.")]
    public JsonElement? GcpEnvironment { get; init; }
}

/// <summary>Who serves models, and how the gateway proves itself there.</summary>
sealed record ModelProviderConfig : Entity
{
    [Description("Unique name; targets of models refer to it."), Format(TextFormat.Name)]
    public required string Name { get; init; }

    [Description("Name for people."), Length(1, 256)]
    public string? DisplayName { get; init; }

    [Description("Which provider: openai, azure, anthropic, gemini, vertex, bedrock, mistral, … as model.provider of ai-proxy.")]
    public required string Type { get; init; }

    [Description("Address and credentials.")]
    public ModelProviderSettings Config { get; init; } = new();

    [Description("Labels. Kept, not interpreted.")]
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    [Description("Who manages it. Kept, not interpreted.")]
    public IReadOnlyDictionary<string, string>? ManagedBy { get; init; }
}

/// <summary>Address and credentials of a provider.</summary>
sealed record ModelProviderSettings
{
    [Description("How the gateway proves itself.")]
    public ModelProviderAuth Auth { get; init; } = new();

    [Description("azure: name of the instance, the first label of its host.")]
    public string? Instance { get; init; }

    [Description("URL of the provider in place of its own, for all models of it; a target's own wins."), Referenceable]
    public string? UpstreamUrl { get; init; }
}
