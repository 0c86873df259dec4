using System.Text.Json.Nodes;
using Weir.Config;

namespace Weir.Control;

/// <summary>
/// The guardrails to begin with: teams own routes, canaries, splits, mirrors, flags, retries, timeouts, circuit breakers and transformations; the platform
/// owns listeners, TLS, the authentication baseline, network rules, and where logs and traces go. Listeners are settings of nodes, which no workspace has.
/// </summary>
static class DefaultGuardrails
{
    /// <summary>Whom to ask, where nobody says.</summary>
    public const string Owner = "the platform team";

    static readonly string[] Sinks =
    [
        "file-log", "http-log", "tcp-log", "udp-log", "syslog", "loggly", "statsd", "statsd-advanced", "datadog", "kafka-log", "solace-log", "prometheus",
        "opentelemetry", "zipkin",
    ];

    static readonly string[] Network = ["ip-restriction", "bot-detection"];

    static readonly string[] Authentication =
    [
        "key-auth", "key-auth-enc", "basic-auth", "hmac-auth", "jwt", "oauth2", "ldap-auth", "ldap-auth-advanced", "openid-connect", "mtls-auth",
        "virtual-key-auth",
    ];

    const string TlsReason = "certificates, their names, authorities and keys are handled in one place; ask for a certificate with its host names";
    const string SecretsReason = "vaults say where secrets come from; refer to those that the platform declares";
    const string NetworkReason = "who reaches the gateway from where is decided for all workspaces together";
    const string SinksReason = "logs, metrics and traces go where the platform sends them; every workspace has them already";
    const string RequiredReason = "every route knows its callers; add key-auth to the route, its service or the workspace";
    const string BoundsReason = "retries and time limits are the team's to choose, within what the gateway can bear for all";

    /// <summary>The bodies of the guardrails, for the plugins that there are.</summary>
    public static IReadOnlyList<JsonObject> Of(ReadOptions read, string owner)
    {
        List<JsonObject?> all =
        [
            Made("platform-tls", owner, TlsReason, new()
            {
                ["platform_kinds"] = List(["certificates", "snis", "ca_certificates", "keys", "key_sets"]),
                ["platform_fields"] = Fields(["tls_verify", "tls_verify_depth", "client_certificate", "ca_certificates"], "services")
                    .Concat(Fields(["client_certificate"], "upstreams")),
            }),
            Made("platform-secrets", owner, SecretsReason, new() { ["platform_kinds"] = List(["vaults"]) }),
            Plugins("platform-network-rules", owner, NetworkReason, Network, read),
            Plugins("platform-logs-and-traces", owner, SinksReason, Sinks, read),
            Anonymous(owner, read),
            read.Plugins.ContainsKey("key-auth")
                ? Made("platform-authentication-required", owner, RequiredReason, new()
                {
                    // Which plugin proves callers is the platform's choice to make: it is switched on when it is made.
                    ["enabled"] = false,
                    ["require_plugin"] = new JsonObject { ["name"] = "key-auth" },
                })
                : null,
            Made("platform-bounds", owner, BoundsReason, new()
            {
                ["bounds"] = new JsonArray(
                    Bound("retries", 10), Bound("connect_timeout", 60_000), Bound("write_timeout", 600_000), Bound("read_timeout", 600_000)),
            }),
        ];
        return [.. all.OfType<JsonObject>()];
    }

    static JsonObject Made(string name, string owner, string reason, JsonObject rules)
    {
        var guardrail = new JsonObject { ["name"] = name, ["reason"] = reason, ["owner"] = owner };
        foreach (var (field, value) in rules) guardrail[field] = value?.DeepClone();
        return guardrail;
    }

    static JsonObject? Plugins(string name, string owner, string reason, string[] plugins, ReadOptions read)
    {
        var there = plugins.Where(read.Plugins.ContainsKey).ToArray();
        return there.Length == 0 ? null : Made(name, owner, reason, new() { ["forbid_plugins"] = List(there) });
    }

    /// <summary>A caller who is let in as somebody without proof is none of the team's choice.</summary>
    static JsonObject? Anonymous(string owner, ReadOptions read)
    {
        var fields = new JsonArray();
        foreach (var plugin in Authentication)
            if (read.Plugins.TryGetValue(plugin, out var kind) && Shape.Of(kind.ConfigType).Fields.ContainsKey("anonymous"))
                fields.Add(new JsonObject { ["kind"] = "plugins", ["plugin"] = plugin, ["field"] = "config.anonymous" });
        return fields.Count == 0 ? null
            : Made("platform-authentication", owner, "callers without credentials are refused; let some in on routes of their own, without the plugin",
                new() { ["platform_fields"] = fields });
    }

    static JsonObject Bound(string field, int max) => new() { ["kind"] = "services", ["field"] = field, ["max"] = max };

    static JsonArray List(string[] words) => new([.. words.Select(static word => (JsonNode)word)]);

    static JsonArray Fields(string[] fields, string kind) => new([.. fields.Select(field => (JsonNode)new JsonObject { ["kind"] = kind, ["field"] = field })]);

    static JsonArray Concat(this JsonArray one, JsonArray other) => new([.. one.Concat<JsonNode?>(other).Select(static node => node?.DeepClone())]);
}
