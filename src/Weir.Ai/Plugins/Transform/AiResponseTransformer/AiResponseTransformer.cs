using System.ComponentModel;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Weir.Ai.Plugins;

/// <summary>Has a model rewrite answers before clients get them.</summary>
sealed class AiResponseTransformer : IPluginKind<AiResponseTransformer.Config>, IOnRequest, IOnWholeAnswer
{
    readonly BodyTransformer _transformer;
    readonly TimeProvider _time;
    readonly int _bodyBytesMax;
    readonly bool _followsInstructions;

    AiResponseTransformer(Config config, PluginContext context)
    {
        _transformer = new BodyTransformer(config, ProxyPlugin.Parts(context), ProxyPlugin.Make(config.Llm, config.Llm.Weight, context));
        (_time, _bodyBytesMax, _followsInstructions) = (context.Time, config.BodyBytesMax, config.ParseLlmResponseJsonInstructions);
    }

    public static string Name => "ai-response-transformer";
    public static string Summary => "Has a model rewrite answers before clients get them.";
    public static JsonTypeInfo<Config> ConfigType => AiResponseTransformerJson.Default.Config;

    public static void Check(Config config, Problems problems)
    {
        ProxyPlugin.Check(config.Llm, "llm", problems);
        BodyTransformer.Check(config, problems);
    }

    public static IPlugin Create(Config config, PluginContext context) => new AiResponseTransformer(config, context);

    public ValueTask<Verdict> OnRequestAsync(Exchange exchange)
    {
        // A model reads no compressed text, and no stream.
        exchange.Http.Request.Headers.Remove("Accept-Encoding");
        LlmCall.Of(exchange)?.AnswerWhole();
        return Verdict.Continue;
    }

    public int WholeAnswerBytesMax(Exchange exchange) => _bodyBytesMax;

    public async ValueTask<Verdict> OnWholeAnswerAsync(Exchange exchange, ReadOnlyMemory<byte>? body)
    {
        if (body is not { } whole) return BodyTransformer.Refuse(exchange, 500, "the upstream's answer is too long to be transformed");
        var (text, problem) = await _transformer.TransformAsync(exchange, whole);
        if (text is null) return BodyTransformer.Refuse(exchange, 400, problem!);
        var response = exchange.Http.Response;
        if (!_followsInstructions) return Made(exchange, response.StatusCode, Encoding.UTF8.GetBytes(text), response.ContentType);
        if (AnswerInstructions.Read(text, out var wrong) is not { } told)
            return BodyTransformer.Refuse(exchange, 500, $"failed to parse JSON response instructions from AI backend: {wrong}");
        var answer = Made(exchange, told.Status, told.Body, told.ContentType ?? response.ContentType);
        foreach (var (name, value) in told.Headers)
            if (!name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase)) answer = answer.With(name, value);
        return answer;
    }

    /// <summary>The answer with its new body: as a stream where the client waits for one, and the body is an answer of its dialect.</summary>
    Answer Made(Exchange exchange, int status, ReadOnlyMemory<byte> body, string? contentType)
    {
        if (LlmCall.Of(exchange) is not { AsksStream: true } call || status != 200) return Answer.Bytes(status, body, contentType);
        var shape = new ReplyShape { ShowsUsage = call.AsksUsage, Id = exchange.RequestId, Unix = _time.GetUtcNow().ToUnixTimeSeconds() };
        return Restream.Of(call.Dialect, shape, body) is { } stream
            ? Answer.Bytes(status, stream, call.Dialect.StreamContentType)
            : BodyTransformer.Refuse(exchange, 500, "the transformed answer cannot be streamed: it is no answer of the client's dialect");
    }

    /// <summary>Configuration of ai-response-transformer.</summary>
    public sealed record Config : BodyTransformerConfig
    {
        [Description("The model's answer is JSON that tells status, headers and body of the answer: {\"status\": 201, \"headers\": {}, \"body\": \"\"}.")]
        public bool ParseLlmResponseJsonInstructions { get; init; }
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(AiResponseTransformer.Config))]
sealed partial class AiResponseTransformerJson : JsonSerializerContext;
