using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Weir.Ai.Plugins;

/// <summary>Sends a route's calls to one model, in whatever dialect the client speaks and whichever wire the provider wants.</summary>
sealed class AiProxy : ProxyPlugin, IPluginKind<AiProxy.Config>
{
    AiProxy(LlmRoute route, LlmParts parts) : base(route, parts) { }

    public static string Name => "ai-proxy";
    public static string Summary => "Sends LLM calls to a model provider, translating between the client's dialect and the provider's.";
    public static JsonTypeInfo<Config> ConfigType => AiProxyJson.Default.Config;

    public static void Check(Config config, Problems problems) => Check(config, "", problems);

    public static IPlugin Create(Config config, PluginContext context)
    {
        var balancer = new BalancerConfig { Retries = 0 };
        return new AiProxy(new LlmRoute(balancer, [Make(config, 100, context)], context.Random)
        {
            Format = config.LlmFormat,
            Streaming = config.ResponseStreaming,
            RequestBodyBytesMax = config.BodyBytesMax,
            NamesModel = config.ModelNameHeader,
            TellsCall = config.LlmHeaders,
            DrainMs = config.OnClientGone == ClientGone.Drain ? config.DrainTimeout : 0,
        }, Parts(context));
    }

    /// <summary>Configuration of ai-proxy.</summary>
    public sealed record Config : TargetConfig
    {
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

        internal int BodyBytesMax => MaxRequestBodySize == 0 ? AnswerLimits.WholeBytesMax : MaxRequestBodySize;
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(AiProxy.Config))]
sealed partial class AiProxyJson : JsonSerializerContext;
