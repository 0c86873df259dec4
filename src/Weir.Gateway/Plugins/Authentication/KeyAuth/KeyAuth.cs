using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Weir.Identity;

namespace Weir.Gateway.Plugins;

/// <summary>Identifies callers by an API key in a header, the query or the body.</summary>
sealed class KeyAuth : IPluginKind<KeyAuth.Config>, IOnRequest
{
    /// <summary>Longest body that is searched for a key; a longer one counts as one without.</summary>
    public const int BodyBytesMax = 1 << 20;

    readonly Config _config;
    readonly IdentityIndex _identities;
    readonly Authentication _authentication;
    readonly KeyName[] _names;
    readonly Answer _missing;
    readonly Answer _repeated;
    readonly Answer _unknown;

    KeyAuth(Config config, PluginContext context)
    {
        _config = config;
        _identities = context.Get<IdentityIndex>();
        _authentication = new Authentication(config.Anonymous, context);
        _names = [.. config.KeyNames.Select(name => new KeyName(name))];
        var challenge = Challenge.Of("Key", config.Realm);
        _missing = Answer.Error(401, "No API key found in request").With("WWW-Authenticate", challenge);
        _repeated = Answer.Error(401, "Duplicate API key found").With("WWW-Authenticate", challenge);
        _unknown = Answer.Error(401, "Unauthorized").With("WWW-Authenticate", challenge);
    }

    public static string Name => "key-auth";
    public static string Summary => "Requires an API key in a header, the query string or the body.";
    public static JsonTypeInfo<Config> ConfigType => KeyAuthJson.Default.Config;
    public static PluginScopes Scopes => PluginScopes.NoConsumer;

    public static IPlugin Create(Config config, PluginContext context) => new KeyAuth(config, context);

    public static void Check(Config config, Problems problems)
    {
        IdentityRealm.Check(config.IdentityRealms, problems);
        Principals.Check(config.Principals, problems);
        PrintableText.Check("realm", config.Realm, problems);
    }

    public ValueTask<Verdict> OnRequestAsync(Exchange exchange)
    {
        if (!_config.RunOnPreflight && exchange.Method == "OPTIONS") return Authentication.Skip(exchange);
        if (_authentication.IsSettled(exchange)) return Verdict.Continue;
        return NeedsBody(exchange) ? WithBodyAsync(exchange) : Decide(exchange, KeyBody.None);
    }

    /// <summary>The body is read only when the key can be nowhere before it, or has to be removed from it.</summary>
    bool NeedsBody(Exchange exchange) =>
        _config.KeyInBody
        && _names.Length > 0
        && KeyBody.IsReadable(exchange.Http.Request.ContentType)
        && (_config.HideCredentials || Find(exchange, _names[0], KeyBody.None, out _) == Presence.Absent);

    async ValueTask<Verdict> WithBodyAsync(Exchange exchange)
    {
        var bytes = exchange.Upstream.Body ?? await exchange.ReadBodyAsync(BodyBytesMax);
        return Decide(exchange, bytes is { } whole ? KeyBody.Of(exchange.Http.Request.ContentType, whole) : KeyBody.None);
    }

    Verdict Decide(Exchange exchange, KeyBody body)
    {
        foreach (var name in _names)
        {
            var presence = Find(exchange, name, body, out var key);
            if (presence == Presence.Absent) continue;
            if (presence == Presence.Repeated) return _authentication.Refuse(exchange, _repeated);
            if (_config.HideCredentials) Hide(exchange, name, body);
            if (key.IsEmpty) break;
            return _identities.TryFindKey(key, out var grant)
                ? Authentication.Accept(exchange, grant.Consumer, grant.Credential)
                : _authentication.Refuse(exchange, _unknown);
        }
        return _authentication.Refuse(exchange, _missing);
    }

    Presence Find(Exchange exchange, KeyName name, KeyBody body, out ReadOnlySpan<char> key)
    {
        key = default;
        if (_config.KeyInHeader && name.TryFindHeader(exchange.Http.Request.Headers, out var values))
        {
            if (values.Count > 1) return Presence.Repeated;
            key = values[0];
            return Presence.Once;
        }
        if (_config.KeyInQuery)
        {
            var presence = FormText.Find(exchange.Upstream.Query, name.Text, out key);
            if (presence != Presence.Absent) return presence;
        }
        return _config.KeyInBody ? body.Find(name.Text, out key) : Presence.Absent;
    }

    /// <summary>Header and query always, whether or not keys are looked for there: what looks like a key is not for the upstream.</summary>
    static void Hide(Exchange exchange, KeyName name, KeyBody body)
    {
        name.RemoveHeaders(exchange.Http.Request.Headers);
        exchange.Upstream.Query = FormText.Without(exchange.Upstream.Query, name.Text);
        if (body.Without(name.Text) is { } replaced) exchange.Upstream.Body = replaced;
    }

    /// <summary>Settings of key-auth.</summary>
    public sealed record Config
    {
        [Description("Consumer (id or username) that requests without a valid key pass as; null refuses them."), MinLength(1)]
        public string? Anonymous { get; init; }

        [Description("Whether the key is removed from the request before it goes upstream."), DefaultSince("3.14", "true")]
        public bool HideCredentials { get; init; }

        [Description("Identity realms of Konnect to search; only the configuration's own consumers (scope cp) are supported.")]
        public IReadOnlyList<IdentityRealm>? IdentityRealms { get; init; }

        [Description("Whether keys are looked for in bodies of up to 1 MiB that are forms, multipart forms or JSON objects.")]
        public bool KeyInBody { get; init; }

        [Description("Whether keys are looked for in request headers.")]
        public bool KeyInHeader { get; init; } = true;

        [Description("Whether keys are looked for in the query string.")]
        public bool KeyInQuery { get; init; } = true;

        [Description("Names of the header, query parameter or body field that holds the key; each is looked for everywhere before the next.")]
        [Format(TextFormat.HeaderName)]
        public IReadOnlyList<string> KeyNames { get; init; } = ["apikey"];

        [Description("Kong Identity's principals; not supported.")]
        public Principals? Principals { get; init; }

        [Description("Realm named in WWW-Authenticate when a request is refused."), MinLength(1)]
        public string? Realm { get; init; }

        [Description("Whether OPTIONS requests need a key too; false lets them pass unauthenticated.")]
        public bool RunOnPreflight { get; init; } = true;
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(KeyAuth.Config))]
sealed partial class KeyAuthJson : JsonSerializerContext;
