using System.Collections.Frozen;
using Weir.Config;

namespace Weir.Control;

/// <summary>Every kind, each after the kinds it refers to.</summary>
static class ControlKinds
{
    public static readonly ControlKind Vaults = ControlKind.Of(EntityKinds.Vaults, "vaults", [Key("prefix")]);
    public static readonly ControlKind CaCertificates = ControlKind.Of(EntityKinds.CaCertificates, "ca_certificates", [Key("cert_digest")]);
    public static readonly ControlKind Certificates = ControlKind.Of(EntityKinds.Certificates, "certificates", []);

    public static readonly ControlKind Snis = ControlKind.Of(
        EntityKinds.Snis, "snis", [Key("name")], [new("certificate", Certificates, OnDelete.Cascade, "snis", IsRequired: true)]);

    public static readonly ControlKind KeySets = ControlKind.Of(EntityKinds.KeySets, "key-sets", [Key("name")]);

    public static readonly ControlKind Keys = ControlKind.Of(
        EntityKinds.Keys, "keys", [Key("name"), new(["kid", "set"], NullsCount: true)], [new("set", KeySets, OnDelete.Cascade, "keys")]);

    public static readonly ControlKind Partials = ControlKind.Of(EntityKinds.Partials, "partials", [Key("name")]);
    public static readonly ControlKind ConsumerGroups = ControlKind.Of(EntityKinds.ConsumerGroups, "consumer_groups", [Key("name")]);
    public static readonly ControlKind Consumers = ControlKind.Of(EntityKinds.Consumers, "consumers", [Key("username"), Key("custom_id")]);

    /// <summary>Which consumer is in which group.</summary>
    public static readonly ControlKind Memberships = ControlKind.Own(
        TopLevel.Memberships, "", ControlJson.Default.MembershipConfig, [new(["consumer", "consumer_group"])],
        [
            new("consumer", Consumers, OnDelete.Cascade, IsRequired: true), new("consumer_group", ConsumerGroups, OnDelete.Cascade, IsRequired: true),
        ]);

    public static readonly ControlKind Services = ControlKind.Of(
        EntityKinds.Services, "services", [Key("name")], [new("client_certificate", Certificates, OnDelete.Refuse, "services")]);

    public static readonly ControlKind Routes = ControlKind.Of(
        EntityKinds.Routes, "routes", [Key("name")], [new("service", Services, OnDelete.Refuse, "routes")]);

    public static readonly ControlKind Upstreams = ControlKind.Of(
        EntityKinds.Upstreams, "upstreams", [Key("name")], [new("client_certificate", Certificates, OnDelete.Refuse, "upstreams")]);

    public static readonly ControlKind Targets = ControlKind.Of(
        EntityKinds.Targets, "", [new(["target", "upstream"])], [new("upstream", Upstreams, OnDelete.Cascade, "targets", IsRequired: true)]);

    public static readonly ControlKind KeyAuthCredentials = Credential(EntityKinds.KeyAuthCredentials, "key-auths", "key-auth");
    public static readonly ControlKind BasicAuthCredentials = Credential(EntityKinds.BasicAuthCredentials, "basic-auths", "basic-auth");
    public static readonly ControlKind HmacAuthCredentials = Credential(EntityKinds.HmacAuthCredentials, "hmac-auths", "hmac-auth");
    public static readonly ControlKind JwtSecrets = Credential(EntityKinds.JwtSecrets, "jwts", "jwt");

    public static readonly ControlKind Acls = ControlKind.Of(
        EntityKinds.Acls, "acls", [new(["consumer", "group"])], [new("consumer", Consumers, OnDelete.Cascade, "acls", IsRequired: true)]);

    public static readonly ControlKind Budgets = ControlKind.Of(EntityKinds.Budgets, "budgets", [Key("name")]);
    public static readonly ControlKind ModelProviders = ControlKind.Of(EntityKinds.ModelProviders, "model_providers", [Key("name")]);
    public static readonly ControlKind Policies = ControlKind.Of(EntityKinds.Policies, "policies", [Key("name")]);
    public static readonly ControlKind Models = ControlKind.Of(EntityKinds.Models, "models", [Key("name")]);
    public static readonly ControlKind AiModels = ControlKind.Of(EntityKinds.AiModels, "ai_models", [Key("name")]);

    public static readonly ControlKind VirtualKeys = ControlKind.Of(
        EntityKinds.VirtualKeys, "virtual_keys", [Key("name")], [new("consumer", Consumers, OnDelete.Cascade, "virtual_keys")]);

    public static readonly ControlKind Plugins = ControlKind.Of(EntityKinds.Plugins, "plugins",
        [new(["name", "service", "route", "consumer", "consumer_group", "model"], NullsCount: true), Key("instance_name")],
        [
            new("service", Services, OnDelete.Cascade, "plugins"), new("route", Routes, OnDelete.Cascade, "plugins"),
            new("consumer", Consumers, OnDelete.Cascade, "plugins"), new("consumer_group", ConsumerGroups, OnDelete.Cascade, "plugins"),
            new("model", AiModels, OnDelete.Cascade, "plugins"),
        ]);

    /// <summary>Teams' rooms.</summary>
    public static readonly ControlKind Workspaces = ControlKind.Shared("workspaces", "name", ControlJson.Default.WorkspaceConfig);

    /// <summary>Rules over workspaces.</summary>
    public static readonly ControlKind Guardrails = ControlKind.Shared("guardrails", "name", ControlJson.Default.GuardrailConfig);

    public static readonly ControlKind GuardrailExceptions = ControlKind.Shared("guardrail_exceptions", "", ControlJson.Default.GuardrailExceptionConfig,
        [new("guardrail", Guardrails, OnDelete.Cascade, "exceptions", IsRequired: true)]);

    /// <summary>The authority of gateways that follow; one at most.</summary>
    public static readonly ControlKind ClusterAuthorities = ControlKind.Kept("cluster_authorities", FollowKindsJson.Default.ClusterAuthorityConfig);

    /// <summary>Leave to enrol.</summary>
    public static readonly ControlKind JoinTokens = ControlKind.Kept("join_tokens", FollowKindsJson.Default.JoinTokenConfig);

    /// <summary>Gateways that follow.</summary>
    public static readonly ControlKind Gateways = ControlKind.Kept("gateways", FollowKindsJson.Default.EnrolledGatewayConfig);

    public static readonly ControlKind Users =
        ControlKind.Shared("users", "name", ControlJson.Default.UserConfig, unique: [Key("name"), Key("subject")]);

    public static readonly ControlKind Teams = ControlKind.Shared("teams", "name", ControlJson.Default.TeamConfig);

    public static readonly ControlKind TeamMembers = ControlKind.Shared("team_members", "", ControlJson.Default.TeamMemberConfig,
        [new("team", Teams, OnDelete.Cascade, "members", IsRequired: true), new("user", Users, OnDelete.Cascade, "teams", IsRequired: true)],
        [new(["team", "user"])]);

    /// <summary>Tokens have paths of their own: they are shown once, and never written by whoever asks for one.</summary>
    public static readonly ControlKind Tokens = ControlKind.Shared("tokens", "name", ControlJson.Default.TokenConfig,
        [new("user", Users, OnDelete.Cascade, IsRequired: true)], [Key("digest"), new(["user", "name"])], path: "");

    public static readonly ControlKind Roles = ControlKind.Shared("roles", "name", ControlJson.Default.RoleConfig);

    public static readonly ControlKind Grants = ControlKind.Shared("grants", "", ControlJson.Default.GrantConfig,
        [
            new("user", Users, OnDelete.Cascade, "grants"), new("team", Teams, OnDelete.Cascade, "grants"),
            new("workspace", Workspaces, OnDelete.Cascade, "grants"),
        ],
        [new(["role", "user", "team", "workspace"], NullsCount: true)]);

    /// <summary>Every kind, each after the kinds it refers to.</summary>
    public static readonly IReadOnlyList<ControlKind> All =
    [
        ClusterAuthorities, JoinTokens, Gateways,
        Workspaces, Guardrails, GuardrailExceptions, Users, Teams, TeamMembers, Tokens, Roles, Grants, Vaults, CaCertificates, Certificates, Snis, KeySets,
        Keys, Partials, Budgets, ConsumerGroups, Consumers, Memberships, ModelProviders, Policies, Models, Services, Routes, Upstreams, Targets,
        KeyAuthCredentials, BasicAuthCredentials, HmacAuthCredentials, JwtSecrets, Acls, AiModels, VirtualKeys, Plugins,
    ];

    /// <summary>What models are made of: they are checked together.</summary>
    public static readonly FrozenSet<ControlKind> OfModels = FrozenSet.Create(Budgets, ModelProviders, Policies, Models, AiModels, VirtualKeys);

    /// <summary>Who may change what, and which gateways may follow. No rollback of something else brings any of it back.</summary>
    public static readonly FrozenSet<ControlKind> OfAccess =
        FrozenSet.Create(Users, Teams, TeamMembers, Tokens, Roles, Grants, ClusterAuthorities, JoinTokens, Gateways);

    static readonly FrozenDictionary<string, ControlKind> ByName = All.ToFrozenDictionary(static kind => kind.Name);

    static readonly FrozenDictionary<string, ControlKind> ByPath =
        All.Where(static kind => kind.Path.Length > 0).ToFrozenDictionary(static kind => kind.Path);

    static readonly FrozenDictionary<ControlKind, (ControlKind Kind, int Key)[]> ReferringByTarget = All.ToFrozenDictionary(
        static target => target,
        static target => All.SelectMany(kind => kind.References.Index().Where(key => key.Item.Target == target).Select(key => (kind, key.Index))).ToArray());

    public static ControlKind? Named(string name) => ByName.GetValueOrDefault(name);

    public static ControlKind? AtPath(string path) => ByPath.GetValueOrDefault(path);

    /// <summary>Which kinds refer to a kind, and by which of their references.</summary>
    public static IReadOnlyList<(ControlKind Kind, int Key)> ReferringTo(ControlKind target) => ReferringByTarget[target];

    /// <summary>By which of their references plugins belong to a service, to a route.</summary>
    public static int ServiceOfPlugin { get; } = IndexOf(Plugins, "service");

    public static int RouteOfPlugin { get; } = IndexOf(Plugins, "route");

    static int IndexOf(ControlKind kind, string field) => kind.References.Index().First(reference => reference.Item.Field == field).Index;

    static UniqueKey Key(string field) => new([field]);

    static ControlKind Credential(EntityKind config, string path, string segment) => ControlKind.Of(
        config, path, [Key(config.NameField)], [new("consumer", Consumers, OnDelete.Cascade, segment, IsRequired: true)]);
}
