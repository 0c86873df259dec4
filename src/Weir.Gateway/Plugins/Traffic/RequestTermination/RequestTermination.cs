using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Weir.Gateway.Plugins;

/// <summary>Answers requests with a fixed status and message, or with a description of the request, instead of sending them upstream.</summary>
sealed class RequestTermination : IPluginKind<RequestTermination.Config>, IOnRequest
{
    readonly Config _config;
    readonly Answer _answer;
    readonly string? _message;

    RequestTermination(Config config)
    {
        _config = config;
        _message = config.Message ?? UsualMessage(config.StatusCode);
        _answer = config.Body is { } body
            ? Answer.Bytes(config.StatusCode, Encoding.UTF8.GetBytes(body), config.ContentType ?? "application/json; charset=utf-8")
            : _message is null ? Answer.Empty(config.StatusCode) : Answer.Json(config.StatusCode, _message);
    }

    public static string Name => "request-termination";
    public static string Summary => "Answers requests with a fixed status and message.";
    public static JsonTypeInfo<Config> ConfigType => RequestTerminationJson.Default.Config;

    public static void Check(Config config, Problems problems)
    {
        if (config.StatusCode < 200) problems.Add("status_code", $"{config.StatusCode} is not the status of an answer; 200 to 599 is expected");
        if (config.Message is not null && (config.ContentType is not null || config.Body is not null))
            problems.Add("message cannot be used with content_type or body");
        if (config.ContentType is not null && config.Body is null) problems.Add("content_type requires a body");
        if (config.Echo && (config.ContentType is not null || config.Body is not null)) problems.Add("echo cannot be used with content_type and body");
    }

    public static IPlugin Create(Config config, PluginContext context) => new RequestTermination(config);

    public ValueTask<Verdict> OnRequestAsync(Exchange exchange)
    {
        if (_config.Trigger is { } trigger && !IsTriggered(exchange, trigger)) return Verdict.Continue;
        return _config.Echo ? EchoAsync(exchange) : Verdict.Stop(_answer);
    }

    static bool IsTriggered(Exchange exchange, string trigger)
    {
        if (exchange.Http.Request.Headers.ContainsKey(trigger)) return true;
        foreach (var argument in new UrlArguments(exchange.Upstream.Query))
            if (argument.NameEquals(trigger)) return true;
        return false;
    }

    async ValueTask<Verdict> EchoAsync(Exchange exchange)
    {
        var body = await exchange.ReadBodyAsync(RequestEcho.BodyBytesMax);
        return Answer.Bytes(_config.StatusCode, RequestEcho.Write(exchange, _message, body), "application/json; charset=utf-8");
    }

    static string? UsualMessage(int status) => status switch
    {
        401 => "Unauthorized",
        404 => "Not found",
        405 => "Method not allowed",
        500 => "An unexpected error occurred",
        502 => "Bad Gateway",
        503 => "Service unavailable",
        _ => null,
    };

    /// <summary>Configuration of request-termination.</summary>
    public sealed record Config
    {
        [Description("Status of the answer."), Range(100, 599)]
        public int StatusCode { get; init; } = 503;

        [Description("Message of the answer; unset for the usual message of the status.")]
        public string? Message { get; init; }

        [Description("Content type of the body.")]
        public string? ContentType { get; init; }

        [Description("Body sent as it is, instead of a message.")]
        public string? Body { get; init; }

        [Description("Answer with a description of the request, for debugging. It contains the request's headers, credentials included.")]
        public bool Echo { get; init; }

        [Description("Only answer requests that have a header or a query argument of this name."), Format(TextFormat.HeaderName)]
        public string? Trigger { get; init; }
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(RequestTermination.Config))]
sealed partial class RequestTerminationJson : JsonSerializerContext;
