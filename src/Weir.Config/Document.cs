namespace Weir.Config;

/// <summary>
/// The declared world after reading, merging and checking: flat lists in file order. Every entity has an id, every reference has the id of an entity
/// that is in the document, and every rule of the entities holds. What belongs to entities managed elsewhere (default_lookup_tags) is not in it.
/// </summary>
sealed record Document
{
    /// <summary>The workspace that it is; empty for the one that stands alone, and for the default one.</summary>
    public string Workspace { get; init; } = "";

    /// <summary>The documents of further workspaces, served beside this one. Names mean something in their own document only.</summary>
    public IReadOnlyList<Document> Others { get; init; } = [];

    public IReadOnlyList<ServiceConfig> Services { get; init; } = [];
    public IReadOnlyList<RouteConfig> Routes { get; init; } = [];
    public IReadOnlyList<UpstreamConfig> Upstreams { get; init; } = [];
    public IReadOnlyList<TargetConfig> Targets { get; init; } = [];
    public IReadOnlyList<ConsumerConfig> Consumers { get; init; } = [];
    public IReadOnlyList<ConsumerGroupConfig> ConsumerGroups { get; init; } = [];
    public IReadOnlyList<DeclaredPlugin> Plugins { get; init; } = [];
    public IReadOnlyList<KeyAuthCredentialConfig> KeyAuthCredentials { get; init; } = [];
    public IReadOnlyList<BasicAuthCredentialConfig> BasicAuthCredentials { get; init; } = [];
    public IReadOnlyList<HmacAuthCredentialConfig> HmacAuthCredentials { get; init; } = [];
    public IReadOnlyList<JwtCredentialConfig> JwtSecrets { get; init; } = [];
    public IReadOnlyList<AclConfig> Acls { get; init; } = [];
    public IReadOnlyList<CertificateConfig> Certificates { get; init; } = [];
    public IReadOnlyList<SniConfig> Snis { get; init; } = [];
    public IReadOnlyList<CaCertificateConfig> CaCertificates { get; init; } = [];
    public IReadOnlyList<VaultConfig> Vaults { get; init; } = [];
    public IReadOnlyList<KeyConfig> Keys { get; init; } = [];
    public IReadOnlyList<KeySetConfig> KeySets { get; init; } = [];
    public IReadOnlyList<PartialConfig> Partials { get; init; } = [];
    public IReadOnlyList<AiModelConfig> AiModels { get; init; } = [];
    public IReadOnlyList<VirtualKeyConfig> VirtualKeys { get; init; } = [];

    /// <summary>What the file says of models. Everything that it means is among routes, plugins and ai_models.</summary>
    public IReadOnlyList<ModelConfig> Models { get; init; } = [];

    public IReadOnlyList<ModelProviderConfig> ModelProviders { get; init; } = [];
    public IReadOnlyList<PolicyConfig> Policies { get; init; } = [];

    public IReadOnlyList<BudgetConfig> Budgets { get; init; } = [];

    /// <summary>This document and those beside it.</summary>
    public IEnumerable<Document> All => [this, .. Others];

    /// <summary>Passwords of basic-auth are hashed as Kong dumps them (<c>_info.skip_hash_for_basic_auth</c>).</summary>
    public bool PasswordsAreHashed { get; init; }

    /// <summary>The document of these lists.</summary>
    public static Document Of(IDocumentLists lists, bool passwordsAreHashed) => new()
    {
        Services = lists.Of<ServiceConfig>(EntityKinds.Services),
        Routes = lists.Of<RouteConfig>(EntityKinds.Routes),
        Upstreams = lists.Of<UpstreamConfig>(EntityKinds.Upstreams),
        Targets = lists.Of<TargetConfig>(EntityKinds.Targets),
        Consumers = lists.Of<ConsumerConfig>(EntityKinds.Consumers),
        ConsumerGroups = lists.Of<ConsumerGroupConfig>(EntityKinds.ConsumerGroups),
        Plugins = lists.Plugins(),
        KeyAuthCredentials = lists.Of<KeyAuthCredentialConfig>(EntityKinds.KeyAuthCredentials),
        BasicAuthCredentials = lists.Of<BasicAuthCredentialConfig>(EntityKinds.BasicAuthCredentials),
        HmacAuthCredentials = lists.Of<HmacAuthCredentialConfig>(EntityKinds.HmacAuthCredentials),
        JwtSecrets = lists.Of<JwtCredentialConfig>(EntityKinds.JwtSecrets),
        Acls = lists.Of<AclConfig>(EntityKinds.Acls),
        Certificates = lists.Of<CertificateConfig>(EntityKinds.Certificates),
        Snis = lists.Of<SniConfig>(EntityKinds.Snis),
        CaCertificates = lists.Of<CaCertificateConfig>(EntityKinds.CaCertificates),
        Vaults = lists.Of<VaultConfig>(EntityKinds.Vaults),
        Keys = lists.Of<KeyConfig>(EntityKinds.Keys),
        KeySets = lists.Of<KeySetConfig>(EntityKinds.KeySets),
        Partials = lists.Of<PartialConfig>(EntityKinds.Partials),
        Budgets = lists.Of<BudgetConfig>(EntityKinds.Budgets),
        AiModels = lists.Of<AiModelConfig>(EntityKinds.AiModels),
        VirtualKeys = lists.Of<VirtualKeyConfig>(EntityKinds.VirtualKeys),
        Models = lists.Of<ModelConfig>(EntityKinds.Models),
        ModelProviders = lists.Of<ModelProviderConfig>(EntityKinds.ModelProviders),
        Policies = lists.Of<PolicyConfig>(EntityKinds.Policies),
        PasswordsAreHashed = passwordsAreHashed,
    };
}

/// <summary>Where the lists of a document come from.</summary>
interface IDocumentLists
{
    IReadOnlyList<T> Of<T>(EntityKind kind) where T : Entity;

    IReadOnlyList<DeclaredPlugin> Plugins();
}

/// <summary>A plugin entity with its parsed settings.</summary>
/// <param name="Entity">The entity: name, scope, protocols.</param>
/// <param name="Kind">The plugin; null when its name is unknown and unknown plugins are allowed.</param>
/// <param name="Config">The parsed config record of that kind, partials merged, vault references resolved; null when <paramref name="Kind"/> is.</param>
sealed record DeclaredPlugin(PluginConfig Entity, PluginKind? Kind, object? Config);

/// <summary>What reading gave: a document, unless there is an error among the problems.</summary>
sealed record DocumentResult(Document? Document, IReadOnlyList<Problem> Problems)
{
    /// <summary>What was taken from vaults on other machines.</summary>
    public IReadOnlyCollection<StoredSecret> Secrets { get; init; } = [];
}
