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
        CheckCanaries(config.Targets, problems);
        config.Acls?.Check("acls", problems);
        if (config.Mirror is { } mirror) Check(mirror.Target, "mirror.target", problems);
        if (config.Balancer is { FirstTokenTimeout: > 0 } balancer && config.Targets.Count > 1
            && !(balancer.FailoverCriteria.Contains(FailoverCriterion.Timeout) && balancer.FailoverCriteria.Contains(FailoverCriterion.NonIdempotent)))
            problems.Warn("balancer.first_token_timeout", "ends calls and tries no other target: failover_criteria has not both timeout and non_idempotent");
        if (config.Balancer.Algorithm == BalancingAlgorithm.Semantic) problems.Add("balancer.algorithm", "semantic is not supported yet");
        if (config.Embeddings is not null) problems.Warn("embeddings", "has no effect: the semantic algorithm is not supported yet");
        if (config.Vectordb is not null) problems.Warn("vectordb", "has no effect: the semantic algorithm is not supported yet");
        if (config.Balancer.TokensCountStrategy == TokensCountStrategy.LlmAccuracy)
            problems.Add("balancer.tokens_count_strategy", "llm-accuracy needs ai-llm-as-judge, which is not supported yet");
    }

    public static IPlugin Create(Config config, PluginContext context)
    {
        var targets = config.Targets.Select(target => Make(target, target.Weight, context, CanaryOf(target, config.Balancer, context))).ToList();
        var parts = Parts(context);
        return new AiProxyAdvanced(new LlmRoute(config.Balancer, targets, context.Random)
        {
            Format = config.LlmFormat,
            Streaming = config.ResponseStreaming,
            RequestBodyBytesMax = config.MaxRequestBodySize == 0 ? AnswerLimits.WholeBytesMax : config.MaxRequestBodySize,
            NamesModel = config.ModelNameHeader,
            TellsCall = config.LlmHeaders,
            DrainMs = config.OnClientGone == ClientGone.Drain ? config.DrainTimeout : 0,
            Access = config.Acls is { } acls ? new AccessRules(acls) : null,
            RetryBudget = BudgetOf(config.Balancer.RetryBudget, context),
            Mirror = config.Mirror is { } mirror ? new Mirror(mirror, Make(mirror.Target, 1, context), parts, context.Random) : null,
        }, parts);
    }

    static Canary? CanaryOf(BalancedTargetConfig target, BalancerConfig balancer, PluginContext context) =>
        target.Canary is { } canary ? new Canary(canary, balancer.HashOnHeader, $"{target.Model.Provider}/{target.Model.Name}", context.Random) : null;

    static RetryBudget? BudgetOf(RetryBudgetConfig? config, PluginContext context) =>
        config is null ? null : context.Keep.Get($"llm-retry-budget/{context.PluginId}/{config}", () => new RetryBudget(config, context.Time));

    static void CheckCanaries(IReadOnlyList<BalancedTargetConfig> targets, Problems problems)
    {
        for (var i = 0; i < targets.Count; i++)
        {
            var alias = targets[i].Model.ModelAlias;
            if (targets[i].Canary is not null && !targets.Any(target => target.Canary is null && target.Model.ModelAlias == alias))
                problems.Add($"targets[{i}].canary", "there is no other target for the calls that the canary does not get");
        }
    }

    /// <summary>Configuration of ai-proxy-advanced.</summary>
    public sealed record Config
    {
        [Description("The models to choose from."), MinLength(1)]
        public required IReadOnlyList<BalancedTargetConfig> Targets { get; init; }

        [Description("How one of them is chosen, and when another is tried.")]
        public BalancerConfig Balancer { get; init; } = new();

        [Description("Who may use which of the targets.")]
        public AccessConfig? Acls { get; init; }

        [Description("Sends copies of the calls to another target, for comparison. Weir's own.")]
        public MirrorConfig? Mirror { get; init; }

        [Description("Dialect of the clients where the path of a request does not tell.")]
        public LlmFormat LlmFormat { get; init; } = LlmFormat.OpenAi;

        [Description("Whether clients may have their answers streamed; always streams them unasked.")]
        public ResponseStreaming ResponseStreaming { get; init; } = ResponseStreaming.Allow;

        [Description("Longest request body, in bytes; 0 for the longest that can be."), Range(0, int.MaxValue)]
        public int MaxRequestBodySize { get; init; } = 1024 * 1024;

        [Description("Name the model that answered in the X-Kong-LLM-Model header.")]
        public bool ModelNameHeader { get; init; } = true;

        [Description("Tell provider, model, cost, tokens, tries and the gateway's own time in Weir-LLM-… and Weir-Overhead-Ms headers. Weir's own.")]
        public bool LlmHeaders { get; init; } = true;

        [Description("What becomes of a stream whose client has gone: cancel ends it, and its usage is estimated; drain reads it to its end, so that its "
            + "usage is the provider's. Weir's own.")]
        public ClientGone OnClientGone { get; init; } = ClientGone.Cancel;

        [Description("How long a stream is read on for nobody with drain, in milliseconds. Weir's own."), Range(1, 3_600_000)]
        public int DrainTimeout { get; init; } = 30_000;

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
