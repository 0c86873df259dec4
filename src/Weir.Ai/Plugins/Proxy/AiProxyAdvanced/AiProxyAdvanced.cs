using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Weir.Ai.Plugins;

/// <summary>Shares a route's calls out among several models, and goes on to another when one fails.</summary>
sealed class AiProxyAdvanced : ProxyPlugin, IPluginKind<AiProxyAdvanced.Config>
{
    AiProxyAdvanced(LlmRoute route, LlmParts parts) : base(route, parts) { }

    public static string Name => "ai-proxy-advanced";
    public static string Summary => "Shares LLM calls out among several models and providers, with failover between them.";
    public static JsonTypeInfo<Config> ConfigType => AiProxyAdvancedJson.Default.Config;

    public static void Check(Config config, Problems problems)
    {
        for (var i = 0; i < config.Targets.Count; i++) Check(config.Targets[i], $"targets[{i}]", problems);
        if (config.Balancer.Algorithm == BalancingAlgorithm.Semantic) problems.Add("balancer.algorithm", "semantic is not supported yet");
        if (config.Embeddings is not null) problems.Warn("embeddings", "has no effect: the semantic algorithm is not supported yet");
        if (config.Vectordb is not null) problems.Warn("vectordb", "has no effect: the semantic algorithm is not supported yet");
        if (config.Balancer.TokensCountStrategy == TokensCountStrategy.LlmAccuracy)
            problems.Add("balancer.tokens_count_strategy", "llm-accuracy needs ai-llm-as-judge, which is not supported yet");
    }

    public static IPlugin Create(Config config, PluginContext context)
    {
        var targets = config.Targets.Select(target => Make(target, target.Weight, context)).ToList();
        return new AiProxyAdvanced(new LlmRoute(config.Balancer, targets, context.Random)
        {
            Format = config.LlmFormat,
            Streaming = config.ResponseStreaming,
            RequestBodyBytesMax = config.MaxRequestBodySize == 0 ? AnswerLimits.WholeBytesMax : config.MaxRequestBodySize,
            NamesModel = config.ModelNameHeader,
        }, Parts(context));
    }

    /// <summary>Configuration of ai-proxy-advanced.</summary>
    public sealed record Config
    {
        [Description("The models to choose from."), MinLength(1)]
        public required IReadOnlyList<BalancedTargetConfig> Targets { get; init; }

        [Description("How one of them is chosen, and when another is tried.")]
        public BalancerConfig Balancer { get; init; } = new();

        [Description("Dialect of the clients where the path of a request does not tell.")]
        public LlmFormat LlmFormat { get; init; } = LlmFormat.OpenAi;

        [Description("Whether clients may have their answers streamed; always streams them unasked.")]
        public ResponseStreaming ResponseStreaming { get; init; } = ResponseStreaming.Allow;

        [Description("Longest request body, in bytes; 0 for the longest that can be."), Range(0, int.MaxValue)]
        public int MaxRequestBodySize { get; init; } = 1024 * 1024;

        [Description("Name the model that answered in the X-Kong-LLM-Model header.")]
        public bool ModelNameHeader { get; init; } = true;

        [Description("What is generated. Weir knows it from the request; the field is read for files written for Kong.")]
        public GenAiCategory GenaiCategory { get; init; } = GenAiCategory.TextGeneration;

        [Description("Model that makes the embeddings of the semantic algorithm, which Weir does not have yet.")]
        public JsonElement? Embeddings { get; init; }

        [Description("Database of the semantic algorithm, which Weir does not have yet.")]
        public JsonElement? Vectordb { get; init; }
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(AiProxyAdvanced.Config))]
sealed partial class AiProxyAdvancedJson : JsonSerializerContext;
