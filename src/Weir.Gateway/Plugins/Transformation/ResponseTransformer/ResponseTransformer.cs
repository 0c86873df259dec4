using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Weir.Gateway.Plugins;

/// <summary>Changes headers and JSON bodies of answers on their way to the client.</summary>
sealed partial class ResponseTransformer : IPluginKind<ResponseTransformer.Config>, IOnResponse, IOnChunk
{
    /// <summary>
    /// Longest JSON body that is collected to be transformed. A longer one is not sent: letting it through untransformed could let through what was
    /// to be removed.
    /// </summary>
    public const int BodyBytesMax = 16 << 20;

    static readonly Answer TooLarge = Answer.Error(502, "The upstream's answer is too large to be transformed");

    readonly ResponseHeaderRules _headers;
    readonly JsonBodyRules _body;

    ResponseTransformer(Config config) => (_headers, _body) = (new ResponseHeaderRules(config), new JsonBodyRules(config));

    public static string Name => "response-transformer";
    public static string Summary => "Changes headers and JSON bodies of answers before the client gets them.";
    public static JsonTypeInfo<Config> ConfigType => ResponseTransformerJson.Default.Config;

    public static IPlugin Create(Config config, PluginContext context) => new ResponseTransformer(config);

    public ValueTask<Verdict> OnResponseAsync(Exchange exchange)
    {
        _headers.Apply(exchange.Http.Response.Headers);
        return exchange.Http.Response.ContentLength > BodyBytesMax && WantsBody(exchange) ? TooLarge : Verdict.Continue;
    }

    public bool WantsBody(Exchange exchange)
    {
        var response = exchange.Http.Response;
        return !_body.IsEmpty
            && exchange.Method != "HEAD"
            && response.StatusCode is not (204 or 304)
            // What is compressed cannot be read as JSON; it goes through as it is.
            && response.Headers.ContentEncoding.Count == 0
            && BodyFormats.Of(response.ContentType) == BodyFormat.Json;
    }

    public void OnChunk(Exchange exchange, ReadOnlySpan<byte> chunk, bool isLast, IBufferWriter<byte> output)
    {
        var collected = exchange.GetState<Collected>(this);
        if (collected.IsTooLarge) return;
        if (collected.Body.WrittenCount + chunk.Length > BodyBytesMax)
        {
            collected.IsTooLarge = true;
            collected.Body.Clear();
            // The head may be on its way already: half an answer must not look like a whole one.
            exchange.Http.Abort();
            return;
        }
        collected.Body.Write(chunk);
        if (isLast) output.Write(_body.Apply(collected.Body.WrittenMemory) ?? collected.Body.WrittenSpan);
    }

    sealed class Collected
    {
        public ArrayBufferWriter<byte> Body { get; } = new();
        public bool IsTooLarge { get; set; }
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(ResponseTransformer.Config))]
sealed partial class ResponseTransformerJson : JsonSerializerContext;
