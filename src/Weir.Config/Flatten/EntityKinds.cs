using System.Text.Json.Serialization.Metadata;

namespace Weir.Config;

/// <summary>Every kind of entity, each after the kinds it refers to.</summary>
static class EntityKinds
{
    public static readonly EntityKind Vaults = new()
    {
        Plural = "vaults",
        Singular = "vault",
        NameField = "prefix",
        TypeOf = static () => EntityJson.Default.VaultConfig,
    };

    public static readonly EntityKind CaCertificates = new()
    {
        Plural = "ca_certificates",
        Singular = "ca_certificate",
        NameField = "",
        TypeOf = static () => EntityJson.Default.CaCertificateConfig,
    };

    public static readonly EntityKind Partials = new() { Plural = "partials", Singular = "partial", TypeOf = static () => EntityJson.Default.PartialConfig };

    public static readonly EntityKind Budgets = new() { Plural = "budgets", Singular = "budget", TypeOf = static () => EntityJson.Default.BudgetConfig };

    public static readonly EntityKind ConsumerGroups = new()
    {
        Plural = "consumer_groups",
        Singular = "consumer_group",
        TypeOf = static () => EntityJson.Default.ConsumerGroupConfig,
    };

    public static readonly EntityKind Consumers = new()
    {
        Plural = "consumers",
        Singular = "consumer",
        NameField = "username",
        TypeOf = static () => EntityJson.Default.ConsumerConfig,
    };

    public static readonly EntityKind Certificates = new()
    {
        Plural = "certificates",
        Singular = "certificate",
        NameField = "",
        TypeOf = static () => EntityJson.Default.CertificateConfig,
    };

    public static readonly EntityKind Snis = new()
    {
        Plural = "snis",
        Singular = "sni",
        TypeOf = static () => EntityJson.Default.SniConfig,
        References = [("certificate", Certificates)],
    };

    public static readonly EntityKind KeySets = new() { Plural = "key_sets", Singular = "key_set", TypeOf = static () => EntityJson.Default.KeySetConfig };

    public static readonly EntityKind Keys = new()
    {
        Plural = "keys",
        Singular = "key",
        TypeOf = static () => EntityJson.Default.KeyConfig,
        References = [("set", KeySets)],
    };

    public static readonly EntityKind Services = new()
    {
        Plural = "services",
        Singular = "service",
        TypeOf = static () => EntityJson.Default.ServiceConfig,
        References = [("client_certificate", Certificates)],
    };

    public static readonly EntityKind Routes = new()
    {
        Plural = "routes",
        Singular = "route",
        TypeOf = static () => EntityJson.Default.RouteConfig,
        References = [("service", Services)],
    };

    public static readonly EntityKind Upstreams = new()
    {
        Plural = "upstreams",
        Singular = "upstream",
        TypeOf = static () => EntityJson.Default.UpstreamConfig,
        References = [("client_certificate", Certificates)],
    };

    public static readonly EntityKind Targets = new()
    {
        Plural = "targets",
        Singular = "target",
        NameField = "target",
        NameIsUnique = false,
        TypeOf = static () => EntityJson.Default.TargetConfig,
        References = [("upstream", Upstreams)],
    };

    public static readonly EntityKind KeyAuthCredentials =
        Credential("keyauth_credentials", "key", static () => EntityJson.Default.KeyAuthCredentialConfig);

    public static readonly EntityKind BasicAuthCredentials =
        Credential("basicauth_credentials", "username", static () => EntityJson.Default.BasicAuthCredentialConfig);

    public static readonly EntityKind HmacAuthCredentials =
        Credential("hmacauth_credentials", "username", static () => EntityJson.Default.HmacAuthCredentialConfig);

    public static readonly EntityKind JwtSecrets =
        Credential("jwt_secrets", "key", static () => EntityJson.Default.JwtCredentialConfig);

    public static readonly EntityKind Acls =
        Credential("acls", "group", static () => EntityJson.Default.AclConfig);

    public static readonly EntityKind ModelProviders = new()
    {
        Plural = "model_providers",
        Singular = "model_provider",
        TypeOf = static () => EntityJson.Default.ModelProviderConfig,
    };

    public static readonly EntityKind Policies = new()
    {
        Plural = "policies",
        Singular = "policy",
        TypeOf = static () => EntityJson.Default.PolicyConfig,
    };

    public static readonly EntityKind Models = new() { Plural = "models", Singular = "model", TypeOf = static () => EntityJson.Default.ModelConfig };

    public static readonly EntityKind AiModels = new() { Plural = "ai_models", Singular = "ai_model", TypeOf = static () => EntityJson.Default.AiModelConfig };

    public static readonly EntityKind VirtualKeys = new()
    {
        Plural = "virtual_keys",
        Singular = "virtual_key",
        TypeOf = static () => EntityJson.Default.VirtualKeyConfig,
        References = [("consumer", Consumers)],
    };

    public static readonly EntityKind Plugins = new()
    {
        Plural = "plugins",
        Singular = "plugin",
        NameIsUnique = false,
        TypeOf = static () => EntityJson.Default.PluginConfig,
        References = [("service", Services), ("route", Routes), ("consumer", Consumers), ("consumer_group", ConsumerGroups), ("model", AiModels)],
    };

    /// <summary>Every kind, each after the kinds it refers to.</summary>
    public static readonly IReadOnlyList<EntityKind> All =
    [
        Vaults, CaCertificates, Partials, Budgets, ConsumerGroups, Consumers, Certificates, Snis, KeySets, Keys, ModelProviders, Policies, Models, Services,
        Routes, Upstreams, Targets, KeyAuthCredentials, BasicAuthCredentials, HmacAuthCredentials, JwtSecrets, Acls, AiModels, VirtualKeys, Plugins,
    ];

    /// <summary>What may stand inside an entity of this kind, with the field that then refers to it.</summary>
    public static IReadOnlyList<(EntityKind Child, string ForeignKey)> NestedIn(EntityKind kind) => Nested.GetValueOrDefault(kind, []);

    static readonly Dictionary<EntityKind, IReadOnlyList<(EntityKind Child, string ForeignKey)>> Nested = new()
    {
        [Services] = [(Routes, "service"), (Plugins, "service")],
        [Routes] = [(Plugins, "route")],
        [Upstreams] = [(Targets, "upstream")],
        [Certificates] = [(Snis, "certificate")],
        [KeySets] = [(Keys, "set")],
        [ConsumerGroups] = [(Plugins, "consumer_group")],
        [Consumers] =
        [
            (Plugins, "consumer"), (KeyAuthCredentials, "consumer"), (BasicAuthCredentials, "consumer"), (HmacAuthCredentials, "consumer"),
            (JwtSecrets, "consumer"), (Acls, "consumer"),
        ],
    };

    static EntityKind Credential(string plural, string nameField, Func<JsonTypeInfo> type) => new()
    {
        Plural = plural,
        Singular = plural[..^1],
        NameField = nameField,
        NameIsUnique = plural != "acls",
        TypeOf = type,
        References = [("consumer", Consumers)],
    };
}
