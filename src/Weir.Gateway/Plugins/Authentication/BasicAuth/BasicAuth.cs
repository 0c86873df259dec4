using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Weir.Identity;

namespace Weir.Gateway.Plugins;

/// <summary>Identifies callers by user name and password (RFC 7617).</summary>
sealed class BasicAuth : IPluginKind<BasicAuth.Config>, IOnRequest
{
    static readonly string[] Headers = ["Proxy-Authorization", "Authorization"];

    readonly bool _hide;
    readonly IdentityIndex _identities;
    readonly Authentication _authentication;
    readonly FailedLogins? _failures;
    readonly Answer _refusal;

    BasicAuth(Config config, PluginContext context)
    {
        _hide = config.HideCredentials;
        _identities = context.Get<IdentityIndex>();
        _authentication = new Authentication(config.Anonymous, context);
        // One count for all instances: the user name and password are the same wherever they are asked for.
        if (config.BruteForceProtection.Strategy == BruteForceStrategy.Memory)
            _failures = context.Keep.Get("basic-auth/failed-logins", () => new FailedLogins(context.Time));
        _refusal = Answer.Error(401, "Unauthorized").With("WWW-Authenticate", Challenge.Of("Basic", config.Realm));
    }

    public static string Name => "basic-auth";
    public static string Summary => "Requires a user name and password.";
    public static JsonTypeInfo<Config> ConfigType => BasicAuthJson.Default.Config;
    public static PluginScopes Scopes => PluginScopes.NoConsumer;

    public static IPlugin Create(Config config, PluginContext context) => new BasicAuth(config, context);

    public static void Check(Config config, Problems problems)
    {
        Principals.Check(config.Principals, problems);
        PrintableText.Check("realm", config.Realm, problems);
        if (config.BruteForceProtection.Strategy is BruteForceStrategy.Redis or BruteForceStrategy.Cluster)
            problems.Add("brute_force_protection.strategy", "failed logins can only be counted in this node's memory; expected 'memory' or 'off'");
    }

    public ValueTask<Verdict> OnRequestAsync(Exchange exchange) => _authentication.IsSettled(exchange) ? Verdict.Continue : Decide(exchange);

    Verdict Decide(Exchange exchange)
    {
        var headers = exchange.Http.Request.Headers;
        Span<byte> buffer = stackalloc byte[BasicCredentials.BytesMax];
        foreach (var header in Headers)
        {
            if (!BasicCredentials.TryRead(headers[header], buffer, out var username, out var password)) continue;
            if (_hide) headers.Remove(header);
            return Decide(exchange, username, password);
        }
        return _authentication.Refuse(exchange, _refusal);
    }

    Verdict Decide(Exchange exchange, ReadOnlySpan<byte> username, ReadOnlySpan<byte> password)
    {
        // A blocked user's password is not even compared: the answer must not tell whether it was right.
        if (_failures is not null && _failures.IsBlocked(username)) return Fail(exchange, username);
        return _identities.TryFindPassword(username, password, out var grant)
            ? Authentication.Accept(exchange, grant.Consumer, grant.Credential)
            : Fail(exchange, username);
    }

    Verdict Fail(Exchange exchange, ReadOnlySpan<byte> username)
    {
        if (_failures is null) return _authentication.Refuse(exchange, _refusal);
        var failure = _failures.Count(username);
        if (!failure.Blocks) return _authentication.Refuse(exchange, _refusal);
        var seconds = failure.WaitSeconds.ToString(CultureInfo.InvariantCulture);
        return _authentication.Refuse(exchange, Answer.Error(429, "Too Many Requests").With("Retry-After", seconds));
    }

    /// <summary>Settings of basic-auth.</summary>
    public sealed record Config
    {
        [Description("Consumer (id or username) that requests without valid credentials pass as; null refuses them."), MinLength(1)]
        public string? Anonymous { get; init; }

        [Description("Blocking of user names that somebody guesses passwords for.")]
        public BruteForceProtection BruteForceProtection { get; init; } = new();

        [Description("Whether the credentials are removed from the request before it goes upstream."), DefaultSince("3.14", "true")]
        public bool HideCredentials { get; init; }

        [Description("Kong Identity's principals; not supported.")]
        public Principals? Principals { get; init; }

        [Description("Realm named in WWW-Authenticate when a request is refused."), MinLength(1)]
        public string Realm { get; init; } = "service";
    }
}

/// <summary>Settings of the protection against guessing passwords.</summary>
public sealed record BruteForceProtection
{
    [Description("Redis connection of the strategy redis; read, not used.")]
    public JsonElement? Redis { get; init; }

    [Description("Where failed logins are counted: memory, or off for no protection. cluster and redis are not supported.")]
    public BruteForceStrategy Strategy { get; init; }
}

/// <summary>Where failed logins are counted.</summary>
public enum BruteForceStrategy
{
    [JsonStringEnumMemberName("off")]
    Off,

    [JsonStringEnumMemberName("memory")]
    Memory,

    [JsonStringEnumMemberName("cluster")]
    Cluster,

    [JsonStringEnumMemberName("redis")]
    Redis,
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(BasicAuth.Config))]
sealed partial class BasicAuthJson : JsonSerializerContext;
