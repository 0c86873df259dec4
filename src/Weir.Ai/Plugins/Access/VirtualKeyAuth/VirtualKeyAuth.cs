using System.Collections.Frozen;
using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Weir.Config;
using Weir.Identity;

namespace Weir.Ai.Plugins;

/// <summary>Identifies callers of models by their virtual keys, wherever their SDK puts the key, and says who pays.</summary>
sealed class VirtualKeyAuth : IPluginKind<VirtualKeyAuth.Config>, IOnRequest
{
    static readonly LlmError s_missing = new(LlmErrorKind.Authentication, 401,
        "no API key was given; a virtual key is expected as a bearer token, in x-api-key, api-key or x-goog-api-key, or in the query parameter key");

    static readonly LlmError s_unknown = new(LlmErrorKind.Authentication, 401, "the API key is not valid");
    static readonly LlmError s_disabled = new(LlmErrorKind.Authentication, 401, "the API key is disabled");
    static readonly LlmError s_revoked = new(LlmErrorKind.Authentication, 401, "the API key has been revoked");
    static readonly LlmError s_expired = new(LlmErrorKind.Authentication, 401, "the API key has expired");

    readonly Config _config;
    readonly VirtualKeys _keys;
    readonly FrozenDictionary<string, Payer> _payers;

    VirtualKeyAuth(Config config, VirtualKeys keys)
    {
        (_config, _keys) = (config, keys);
        _payers = keys.All.ToFrozenDictionary(static key => key.Config.Id!, static key => PayerOf(key.Config));
    }

    public static string Name => "virtual-key-auth";
    public static string Summary => "Requires a virtual key, wherever the clients of OpenAI, Anthropic, Google and others put their keys.";
    public static JsonTypeInfo<Config> ConfigType => VirtualKeyAuthJson.Default.Config;
    public static PluginScopes Scopes => PluginScopes.NoConsumer;

    public static IPlugin Create(Config config, PluginContext context) => new VirtualKeyAuth(config, context.Get<IdentityIndex>().VirtualKeys);

    /// <summary>The virtual key that this exchange came with; null for none.</summary>
    public static VirtualKey? KeyOf(Exchange exchange) => exchange.FindState(Seat.Instance) as VirtualKey;

    public ValueTask<Verdict> OnRequestAsync(Exchange exchange)
    {
        if (!KeyPlaces.TryTake(exchange, out var text, out var hasOther))
            return !_config.Required ? Verdict.Continue : Refuse(exchange, hasOther ? s_unknown : s_missing);
        var state = _keys.Find(text, out var key);
        if (state != VirtualKeyState.Good || key is null) return Refuse(exchange, ErrorOf(state));
        exchange.SetState(Seat.Instance, key);
        PayerFor(key, exchange).PaysFor(exchange);
        exchange.Authenticate(key.Consumer ?? exchange.Consumer, key.Credential);
        Describe(exchange.Http.Request.Headers, exchange.Consumer, key.Credential);
        return Verdict.Continue;
    }

    Payer PayerFor(VirtualKey key, Exchange exchange)
    {
        var payer = _payers[key.Config.Id!];
        return key.Config.SessionHeader is { } header && exchange.Http.Request.Headers[header] is [{ Length: > 0 } session, ..]
            ? payer with { Session = session }
            : payer;
    }

    static Payer PayerOf(VirtualKeyConfig key) => new()
    {
        Organisation = key.Organisation,
        Project = key.Project,
        Team = key.Team,
        User = key.User,
        Agent = key.Agent,
        Key = key.Name,
        Budgets = key.Budgets ?? [],
    };

    static LlmError ErrorOf(VirtualKeyState state) => state switch
    {
        VirtualKeyState.Disabled => s_disabled,
        VirtualKeyState.Revoked => s_revoked,
        VirtualKeyState.Expired => s_expired,
        _ => s_unknown,
    };

    static Verdict Refuse(Exchange exchange, LlmError error) => ClientDialect.Refuse(exchange, error).With("WWW-Authenticate", "Bearer");

    /// <summary>Tells an upstream who is calling, and drops what the client itself claims about that.</summary>
    static void Describe(IHeaderDictionary headers, Consumer? consumer, Credential credential)
    {
        Set(headers, "X-Consumer-ID", consumer?.Id);
        Set(headers, "X-Consumer-Custom-ID", consumer?.CustomId);
        Set(headers, "X-Consumer-Username", consumer?.Username);
        Set(headers, "X-Credential-Identifier", credential.Identifier);
        headers.Remove("X-Anonymous-Consumer");
    }

    static void Set(IHeaderDictionary headers, string name, string? value)
    {
        if (value is null) headers.Remove(name);
        else headers[name] = value;
    }

    /// <summary>Settings of virtual-key-auth.</summary>
    public sealed record Config
    {
        [Description("Whether callers without a virtual key are refused. If not, they pass as nobody; a key that does not count is refused all the same.")]
        public bool Required { get; init; } = true;
    }

    /// <summary>The place of the key among the exchange's states, which belong to plugins.</summary>
    sealed class Seat : IPlugin
    {
        public static readonly Seat Instance = new();
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(VirtualKeyAuth.Config))]
sealed partial class VirtualKeyAuthJson : JsonSerializerContext;
