using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Weir.Config;

namespace Weir.Gateway.Plugins;

/// <summary>Answers preflight requests and tells browsers which origins may read answers (the CORS protocol of the Fetch standard).</summary>
sealed class Cors : IPluginKind<Cors.Config>, IOnRequest, IOnResponse
{
    readonly Config _config;
    readonly AllowedOrigins _origins;
    readonly Answer _preflight;
    readonly StringValues _allowedHeaders;
    readonly StringValues _exposedHeaders;

    Cors(Config config)
    {
        _config = config;
        _origins = new AllowedOrigins(config.Origins);
        _allowedHeaders = Join(config.Headers);
        _exposedHeaders = Join(config.ExposedHeaders);
        _preflight = Answer.Empty(200).With("Access-Control-Allow-Methods", Join(config.Methods ?? Config.AllMethods));
        if (config.MaxAge is { } seconds) _preflight = _preflight.With("Access-Control-Max-Age", seconds.ToString(CultureInfo.InvariantCulture));
    }

    public static string Name => "cors";
    public static string Summary => "Lets browsers call the API from pages of other origins.";
    public static JsonTypeInfo<Config> ConfigType => CorsJson.Default.Config;
    public static PluginScopes Scopes => PluginScopes.NoConsumer;

    public static IPlugin Create(Config config, PluginContext context) => new Cors(config);

    public static void Check(Config config, Problems problems)
    {
        for (var i = 0; i < config.Origins?.Count; i++)
            if (config.Origins[i] != "*" && !AllowedOrigins.IsPlain(config.Origins[i])) UserPattern.Check($"origins[{i}]", config.Origins[i], problems);
        for (var i = 0; i < config.Headers?.Count; i++) PrintableText.Check($"headers[{i}]", config.Headers[i], problems);
        for (var i = 0; i < config.ExposedHeaders?.Count; i++) PrintableText.Check($"exposed_headers[{i}]", config.ExposedHeaders[i], problems);
    }

    public ValueTask<Verdict> OnRequestAsync(Exchange exchange) =>
        _config.PreflightContinue || !IsPreflight(exchange) ? Verdict.Continue : (Verdict)AnswerPreflight(exchange.Http.Request.Headers);

    public ValueTask<Verdict> OnResponseAsync(Exchange exchange)
    {
        if (IsPreflight(exchange)) return Verdict.Continue;
        var origin = exchange.Http.Request.Headers.Origin;
        if (origin.Count == 0 && !_config.AllowOriginAbsent) return Verdict.Continue;

        var headers = exchange.Http.Response.Headers;
        var grant = GrantFor(origin);
        if (grant.Varies) AddVary(headers);
        headers.AccessControlAllowOrigin = grant.AllowOrigin;
        if (grant.AllowsCredentials) headers.AccessControlAllowCredentials = "true";
        if (_exposedHeaders.Count > 0) headers.AccessControlExposeHeaders = _exposedHeaders;
        return Verdict.Continue;
    }

    static bool IsPreflight(Exchange exchange) =>
        exchange.Method == "OPTIONS" && exchange.Http.Request.Headers is { Origin.Count: > 0, AccessControlRequestMethod.Count: > 0 };

    Answer AnswerPreflight(IHeaderDictionary request)
    {
        var answer = _preflight;
        var grant = GrantFor(request.Origin);
        if (grant.Varies) answer = answer.With("Vary", "Origin");
        if (grant.AllowOrigin.Count > 0) answer = answer.With("Access-Control-Allow-Origin", grant.AllowOrigin);
        if (grant.AllowsCredentials) answer = answer.With("Access-Control-Allow-Credentials", "true");
        if (_allowedHeaders.Count > 0) answer = answer.With("Access-Control-Allow-Headers", _allowedHeaders);
        else if (Echo(request.AccessControlRequestHeaders) is { } asked) answer = answer.With("Access-Control-Allow-Headers", asked);
        if (_config.PrivateNetwork && request["Access-Control-Request-Private-Network"] == "true")
            answer = answer.With("Access-Control-Allow-Private-Network", "true");
        return answer;
    }

    Grant GrantFor(StringValues asked)
    {
        var origin = Echo(asked);
        if (_origins.All)
        {
            // Browsers refuse "*" together with credentials, so the origin that asks is named.
            var names = _config.Credentials && origin is not null;
            return new Grant(names ? origin : "*", Varies: names, AllowsCredentials: names);
        }
        if (_origins.Fixed is { } only) return new Grant(only, Varies: true, _config.Credentials);
        if (origin is null) return new Grant(default, Varies: true, _config.Credentials);
        var parsed = Origin.Parse(origin);
        if (!_origins.Include(parsed)) return new Grant(default, Varies: true, _config.Credentials);
        return new Grant(parsed.Domain.Length == origin.Length ? origin : parsed.Domain.ToString(), Varies: true, _config.Credentials);
    }

    /// <summary>What a request asks for, if it can be repeated in the answer.</summary>
    static string? Echo(StringValues asked) => asked.Count == 1 && asked[0] is { Length: > 0 } text && PrintableText.IsPlain(text) ? text : null;

    static void AddVary(IHeaderDictionary headers)
    {
        foreach (var value in headers.Vary)
            foreach (var part in value.AsSpan().Split(','))
                if (value.AsSpan(part).Trim() is var name && (name is "*" || name.Equals("Origin", StringComparison.OrdinalIgnoreCase))) return;
        headers.Vary = StringValues.Concat(headers.Vary, "Origin");
    }

    static StringValues Join(IReadOnlyList<string>? values) => values is { Count: > 0 } ? string.Join(',', values) : default(StringValues);

    /// <param name="AllowOrigin">Access-Control-Allow-Origin; empty for none.</param>
    /// <param name="Varies">Whether another origin could get another answer.</param>
    /// <param name="AllowsCredentials">Whether requests with cookies may be read.</param>
    readonly record struct Grant(StringValues AllowOrigin, bool Varies, bool AllowsCredentials);

    /// <summary>Settings of cors.</summary>
    public sealed record Config
    {
        internal static readonly IReadOnlyList<string> AllMethods = ["GET", "HEAD", "PUT", "PATCH", "POST", "DELETE", "OPTIONS", "TRACE", "CONNECT"];

        [Description("Whether answers to requests without an Origin header get the headers too.")]
        public bool AllowOriginAbsent { get; init; } = true;

        [Description("Whether browsers may send cookies and read the answer (Access-Control-Allow-Credentials: true).")]
        public bool Credentials { get; init; }

        [Description("Headers of answers that scripts may read (Access-Control-Expose-Headers); null for the browser's own list.")]
        public IReadOnlyList<string>? ExposedHeaders { get; init; }

        [Description("Headers that requests may have (Access-Control-Allow-Headers); null for whatever the preflight asks for.")]
        public IReadOnlyList<string>? Headers { get; init; }

        [Description("Seconds that browsers may remember the answer to a preflight (Access-Control-Max-Age)."), Range(-1, int.MaxValue)]
        public double? MaxAge { get; init; }

        [Description("Methods that requests may have (Access-Control-Allow-Methods).")]
        [AllowedValues("GET", "HEAD", "PUT", "PATCH", "POST", "DELETE", "OPTIONS", "TRACE", "CONNECT")]
        public IReadOnlyList<string>? Methods { get; init; } = AllMethods;

        [Description("Origins that may read answers: 'https://app.example.com', a regular expression for the origin (without colon: for the host), or '*'.")]
        public IReadOnlyList<string>? Origins { get; init; }

        [Description("Whether preflight requests go upstream instead of being answered here; their answers are left alone.")]
        public bool PreflightContinue { get; init; }

        [Description("Whether preflights that ask for access from a public to a private network get it.")]
        public bool PrivateNetwork { get; init; }
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(Cors.Config))]
sealed partial class CorsJson : JsonSerializerContext;
