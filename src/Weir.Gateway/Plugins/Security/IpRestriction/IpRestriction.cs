using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Weir.Gateway.Plugins;

/// <summary>Lets requests pass, or not, by the client's address.</summary>
sealed class IpRestriction : IPluginKind<IpRestriction.Config>, IOnRequest
{
    readonly AddressList? _allow;
    readonly AddressList? _deny;
    readonly int _status;
    readonly Answer? _refusal;
    readonly Answer _unknown;

    IpRestriction(Config config)
    {
        _allow = config.Allow is { Count: > 0 } allow ? new AddressList(allow) : null;
        _deny = config.Deny is { Count: > 0 } deny ? new AddressList(deny) : null;
        _status = config.Status ?? 403;
        _refusal = config.Message is { } message ? Answer.Error(_status, message) : null;
        _unknown = Answer.Error(403, "Cannot identify the client IP address, unix domain sockets are not supported.");
    }

    public static string Name => "ip-restriction";
    public static string Summary => "Lets requests pass, or not, by the client's IP address.";
    public static JsonTypeInfo<Config> ConfigType => IpRestrictionJson.Default.Config;

    public static IPlugin Create(Config config, PluginContext context) => new IpRestriction(config);

    public static void Check(Config config, Problems problems)
    {
        if (config.Allow is not { Count: > 0 } && config.Deny is not { Count: > 0 })
            problems.Add("at least one of these fields must be non-empty: 'allow', 'deny'");
    }

    public ValueTask<Verdict> OnRequestAsync(Exchange exchange)
    {
        var client = exchange.ClientIp;
        if (client.Equals(IPAddress.None)) return (Verdict)_unknown;
        if (_deny is not null && _deny.Contains(client)) return Refuse(client);
        if (_allow is not null && !_allow.Contains(client)) return Refuse(client);
        return Verdict.Continue;
    }

    Verdict Refuse(IPAddress client) => _refusal ?? Answer.Error(_status, $"IP address not allowed: {client}");

    /// <summary>Settings of ip-restriction.</summary>
    public sealed record Config
    {
        [Description("Addresses and CIDR ranges that may pass; when given, no other may."), Set, Format(TextFormat.IpOrCidr)]
        public IReadOnlyList<string>? Allow { get; init; }

        [Description("Addresses and CIDR ranges that may not pass, even if allowed."), Set, Format(TextFormat.IpOrCidr)]
        public IReadOnlyList<string>? Deny { get; init; }

        [Description("Message of refusals instead of 'IP address not allowed: …'."), MinLength(1)]
        public string? Message { get; init; }

        [Description("HTTP status of refusals; null for 403."), Range(200, 599)]
        public int? Status { get; init; }
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(IpRestriction.Config))]
sealed partial class IpRestrictionJson : JsonSerializerContext;
