using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Weir.Ai.Plugins;

/// <summary>Has a model rewrite the bodies of requests before they go on.</summary>
sealed class AiRequestTransformer : IPluginKind<AiRequestTransformer.Config>, IOnRequest
{
    readonly BodyTransformer _transformer;
    readonly int _bodyBytesMax;

    AiRequestTransformer(Config config, PluginContext context)
    {
        _transformer = new BodyTransformer(config, ProxyPlugin.Parts(context), ProxyPlugin.Make(config.Llm, config.Llm.Weight, context));
        _bodyBytesMax = config.BodyBytesMax;
    }

    public static string Name => "ai-request-transformer";
    public static string Summary => "Has a model rewrite the bodies of requests before they go on.";
    public static JsonTypeInfo<Config> ConfigType => AiRequestTransformerJson.Default.Config;

    public static void Check(Config config, Problems problems)
    {
        ProxyPlugin.Check(config.Llm, "llm", problems);
        BodyTransformer.Check(config, problems);
    }

    public static IPlugin Create(Config config, PluginContext context) => new AiRequestTransformer(config, context);

    public async ValueTask<Verdict> OnRequestAsync(Exchange exchange)
    {
        var call = LlmCall.Of(exchange);
        if ((call?.Body ?? exchange.Upstream.Body ?? await exchange.ReadBodyAsync(_bodyBytesMax)) is not { } body || body.Length > _bodyBytesMax)
        {
            var limit = string.Create(CultureInfo.InvariantCulture, $"request body is larger than the limit of {_bodyBytesMax} bytes");
            return BodyTransformer.Refuse(exchange, 413, limit);
        }
        var (text, problem) = await _transformer.TransformAsync(exchange, body);
        if (text is null) return BodyTransformer.Refuse(exchange, 400, problem!);
        var made = Encoding.UTF8.GetBytes(text);
        // What counts limits may have read the call before.
        if (call?.ReplaceBody(made) is { } invalid) return BodyTransformer.Refuse(exchange, 400, invalid.Message);
        exchange.Upstream.Body = made;
        return Verdict.Continue;
    }

    /// <summary>Configuration of ai-request-transformer.</summary>
    public sealed record Config : BodyTransformerConfig;
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(AiRequestTransformer.Config))]
sealed partial class AiRequestTransformerJson : JsonSerializerContext;
