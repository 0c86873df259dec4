using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Features;

namespace Weir.Gateway.Plugins;

/// <summary>Refuses request bodies over a size: by their declared length, or while they are read when they declare none.</summary>
sealed class RequestSizeLimiting : IPluginKind<RequestSizeLimiting.Config>, IOnRequest, IOnResponse
{
    const string TooLargeMessage = "Request size limit exceeded";

    static readonly Answer TooLarge = Answer.Error(413, TooLargeMessage);
    static readonly Answer ExpectationFailed = Answer.Error(417, TooLargeMessage);
    static readonly Answer LengthRequired = Answer.Error(411, "A valid Content-Length header is required");

    readonly long _bytesMax;
    readonly bool _lengthRequired;

    RequestSizeLimiting(Config config) => (_bytesMax, _lengthRequired) = (config.BytesMax, config.RequireContentLength);

    public static string Name => "request-size-limiting";
    public static string Summary => "Refuses requests whose body is larger than a limit.";
    public static JsonTypeInfo<Config> ConfigType => RequestSizeLimitingJson.Default.Config;

    public static void Check(Config config, Problems problems)
    {
        if (config.AllowedPayloadSize < 0) problems.Add("allowed_payload_size", "value should be 0 or more");
    }

    public static IPlugin Create(Config config, PluginContext context) => new RequestSizeLimiting(config);

    public ValueTask<Verdict> OnRequestAsync(Exchange exchange)
    {
        var request = exchange.Http.Request;
        if (request.ContentLength is { } length) return length > _bytesMax ? Refusal(exchange) : Verdict.Continue;
        if (_lengthRequired) return LengthRequiredVerdict();
        if (exchange.BodyBuffering == BodyBuffering.Whole) return exchange.BufferedBody.Length > _bytesMax ? Refusal(exchange) : Verdict.Continue;
        if (request.Headers.TransferEncoding.Count == 0 && exchange.Http.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: true })
            return Verdict.Continue;

        var reader = new CountingBodyReader(request.BodyReader, _bytesMax - exchange.BufferedBody.Length, TooLargeMessage);
        exchange.Http.Features.Set<IRequestBodyPipeFeature>(reader);
        exchange.SetState(this, reader);
        return Verdict.Continue;
    }

    /// <summary>Whatever reading too much has led to, the client is told why.</summary>
    public ValueTask<Verdict> OnResponseAsync(Exchange exchange) =>
        exchange.FindState(this) is CountingBodyReader { Exceeded: true } && exchange.Source != AnswerSource.Upstream ? Refusal(exchange) : Verdict.Continue;

    static Verdict Refusal(Exchange exchange) =>
        exchange.Http.Request.Headers.Expect is [{ } expect, ..]
            && expect.AsSpan().Trim().Equals("100-continue", StringComparison.OrdinalIgnoreCase) ? ExpectationFailed : TooLarge;

    static ValueTask<Verdict> LengthRequiredVerdict() => Verdict.Stop(LengthRequired);

    /// <summary>Configuration of request-size-limiting.</summary>
    public sealed record Config
    {
        [Description("Largest body allowed, in units of size_unit.")]
        public int AllowedPayloadSize { get; init; } = 128;

        [Description("Unit of the size: a kilobyte is 1024 bytes, a megabyte 1024 kilobytes.")]
        public SizeUnit SizeUnit { get; init; } = SizeUnit.Megabytes;

        [Description("Refuse requests without a Content-Length header.")]
        public bool RequireContentLength { get; init; }

        /// <summary>The limit in bytes.</summary>
        internal long BytesMax => AllowedPayloadSize * (SizeUnit switch { SizeUnit.Megabytes => 1L << 20, SizeUnit.Kilobytes => 1L << 10, _ => 1L });
    }
}

/// <summary>Units of a size.</summary>
enum SizeUnit
{
    [JsonStringEnumMemberName("megabytes")] Megabytes,
    [JsonStringEnumMemberName("kilobytes")] Kilobytes,
    [JsonStringEnumMemberName("bytes")] Bytes,
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(RequestSizeLimiting.Config))]
sealed partial class RequestSizeLimitingJson : JsonSerializerContext;
