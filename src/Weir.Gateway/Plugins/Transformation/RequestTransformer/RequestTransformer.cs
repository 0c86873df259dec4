using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;

namespace Weir.Gateway.Plugins;

/// <summary>Changes method, path, headers, query and body of a request before it goes upstream.</summary>
sealed partial class RequestTransformer : IPluginKind<RequestTransformer.Config>, IOnRequest
{
    /// <summary>
    /// Longest body that can be transformed. A longer one is refused: letting it through untransformed could let through what was to be removed.
    /// </summary>
    public const int BodyBytesMax = 8 << 20;

    static readonly Answer BadRequest = Answer.Error(400, "Bad request");
    static readonly Answer TooLarge = Answer.Error(413, "Payload too large");
    static readonly Answer RenderFailed = Answer.Error(500, "An unexpected error occurred");

    readonly RuleTemplates _templates = new();
    readonly TransformRules _headers;
    readonly TransformRules _query;
    readonly TransformRules _body;
    readonly TransformRule? _uri;
    readonly string? _method;
    readonly ILogger _log;

    RequestTransformer(Config config, PluginContext context)
    {
        _headers = Rules(config.Remove.Headers, config.Rename.Headers, config.Replace.Headers, config.Add.Headers, config.Append.Headers);
        _query = Rules(config.Remove.Querystring, config.Rename.Querystring, config.Replace.Querystring, config.Add.Querystring, config.Append.Querystring);
        _body = Rules(config.Remove.Body, config.Rename.Body, config.Replace.Body, config.Add.Body, config.Append.Body);
        _uri = config.Replace.Uri is { } uri ? _templates.Text(uri) : null;
        _method = config.HttpMethod;
        _log = context.Log;
    }

    public static string Name => "request-transformer";
    public static string Summary => "Changes method, path, headers, query and body of requests before they go upstream.";
    public static JsonTypeInfo<Config> ConfigType => RequestTransformerJson.Default.Config;

    public static IPlugin Create(Config config, PluginContext context) => new RequestTransformer(config, context);

    public ValueTask<Verdict> OnRequestAsync(Exchange exchange)
    {
        if (!_templates.TryRender(exchange, out var rendered, out var problem))
        {
            LogRenderFailed(_log, exchange.RequestId, problem!);
            return Verdict.Stop(RenderFailed);
        }
        if (_uri is { } uri) UpstreamTarget.Set(exchange.Upstream, uri.Of(rendered)!);
        // Asked before headers change: what the client sent decides what its body is.
        var formToQuery = _method is "GET" or "HEAD" or "TRACE" && BodyFormats.Of(exchange.Http.Request.ContentType) == BodyFormat.Form;
        if (_method is not null) exchange.Upstream.Method = _method;
        if (!_headers.IsEmpty && !HeaderTransform.Apply(exchange, _headers, rendered)) return Verdict.Stop(BadRequest);
        if (formToQuery || (!_body.IsEmpty && BodyFormats.Of(exchange.Http.Request.ContentType) != BodyFormat.Other))
            return WithBodyAsync(exchange, rendered, formToQuery);
        TransformQuery(exchange, rendered);
        return Verdict.Continue;
    }

    async ValueTask<Verdict> WithBodyAsync(Exchange exchange, string[] rendered, bool formToQuery)
    {
        if ((exchange.Upstream.Body ?? await exchange.ReadBodyAsync(BodyBytesMax)) is not { } body) return TooLarge;
        if (formToQuery) MoveToQuery(exchange, body);
        if (!_body.IsEmpty)
        {
            var contentType = exchange.Http.Request.ContentType;
            exchange.Upstream.Body = BodyFormats.Of(contentType) switch
            {
                BodyFormat.Json => JsonTransform.Apply(body, _body, rendered),
                BodyFormat.Form => FormTransform.Apply(body, _body, rendered),
                BodyFormat.Multipart => MultipartTransform.Apply(body, contentType!, _body, rendered),
                _ => null,
            } ?? exchange.Upstream.Body;
        }
        TransformQuery(exchange, rendered);
        return Verdict.Continue;
    }

    void TransformQuery(Exchange exchange, string[] rendered)
    {
        if (_query.IsEmpty) return;
        var arguments = new ArgumentList(exchange.Upstream.Query);
        FormTransform.Apply(arguments, _query, rendered);
        if (arguments.IsChanged) SetQuery(exchange, arguments);
    }

    // A request that has lost its body by its new method still says what it was going to say.
    static void MoveToQuery(Exchange exchange, ReadOnlyMemory<byte> body)
    {
        var arguments = new ArgumentList(exchange.Upstream.Query);
        arguments.AppendAll(Encoding.Latin1.GetString(body.Span));
        if (arguments.IsChanged) SetQuery(exchange, arguments);
    }

    static void SetQuery(Exchange exchange, ArgumentList arguments) => exchange.Upstream.Query = arguments.ToString() is { Length: > 0 } text ? "?" + text : "";

    TransformRules Rules(
        IReadOnlyList<string> remove, IReadOnlyList<string> rename, IReadOnlyList<string> replace, IReadOnlyList<string> add, IReadOnlyList<string> append) =>
        new([.. remove.Select(static name => new TransformRule(TransformRule.Split(name).Name, null, -1))],
            _templates.Rules(rename), _templates.Rules(replace), _templates.Rules(add), _templates.Rules(append));

    [LoggerMessage(1, LogLevel.Warning, "Request {RequestId}: a template cannot be rendered: {Problem}")]
    static partial void LogRenderFailed(ILogger log, string requestId, string problem);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(RequestTransformer.Config))]
sealed partial class RequestTransformerJson : JsonSerializerContext;
