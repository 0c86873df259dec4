using Weir.Ai.Plugins;

namespace Weir.Ai;

/// <summary>A model at a provider, ready to be called: one configured target in one snapshot.</summary>
sealed class Target
{
    readonly RequestTemplate? _name;
    readonly RequestTemplate? _url;
    readonly (UpstreamAddress Address, string Path)? _fixed;

    /// <summary>A target with one key, which nobody else uses.</summary>
    public Target(TargetConfig config, int weight, TargetState state, IAuthorizer authorizer)
        : this(config, weight, state, new KeyPool(KeyRotation.RoundRobin, TimeSpan.Zero, new PooledKey("", authorizer, new KeyState(TimeProvider.System)))) { }

    public Target(TargetConfig config, int weight, TargetState state, KeyPool keys)
    {
        (Config, Weight, State, Keys) = (config, weight, state, keys);
        Provider = ProviderCatalog.Of(config.Model.Provider);
        ProviderText = ProviderNames.TextOf(config.Model.Provider);
        Label = config.Model.Name is { } name ? $"{ProviderText}/{name}" : ProviderText;
        Key = $"{Label}/{config.Model.Options.UpstreamUrl}/{config.Model.ModelAlias}";
        if (config.Model.Options.Costs is { IsStated: true } costs) OwnPrices = costs.ToEntry(ProviderText, config.Model.Name ?? "*", new Problems());
        if (config.Logging.LogPayloads) Payloads = new PayloadLog(config.Logging);
        if (config.Model.Name is { } model) _name = new RequestTemplate(model);
        if (config.Model.Options.UpstreamUrl is { } url) _url = new RequestTemplate(url);
        if (_url?.IsConstant ?? true) _fixed = Split(config.Model.Options.UpstreamUrl ?? Provider.Url(Options));
    }

    public TargetConfig Config { get; }

    public Provider Provider { get; }

    public ModelOptions Options => Config.Model.Options;

    public int Weight { get; }

    public TargetState State { get; }

    /// <summary>Which calls it is tried out with; null for a target like the others.</summary>
    public Canary? Canary { get; init; }

    /// <summary>Its credentials.</summary>
    public KeyPool Keys { get; }

    /// <summary>What a model of this provider can and cannot take.</summary>
    public ModelTraits TraitsOf(string model) => ModelTable.Of(ProviderText, model);

    /// <summary>Prices that the target's options state; null where the price book holds.</summary>
    public PriceEntry? OwnPrices { get; }

    /// <summary>How requests and answers are logged; null when they are not.</summary>
    public PayloadLog? Payloads { get; }

    /// <summary>provider/model, for logs.</summary>
    public string Label { get; }

    /// <summary>What tells this target from others, the same after a reload.</summary>
    public string Key { get; }

    /// <summary>Name of the provider in configuration and records.</summary>
    public string ProviderText { get; }

    /// <summary>The model to ask for: the target's own, or the client's where it has none.</summary>
    public string ModelFor(Exchange exchange, string asked) => _name?.Render(exchange) ?? asked;

    /// <summary>
    /// Whether a client that names this model asks for the target's own: the same name, or one that the request decides. Null for a model that no target names.
    /// </summary>
    public bool Takes(string? asked) => _name is not { IsConstant: true } || Config.Model.Name == asked;

    /// <summary>Where a call goes: address, path and query. Null path: the provider has no such operation.</summary>
    public (UpstreamAddress Address, string? Path, string Query) Locate(Exchange exchange, in ProviderCall call)
    {
        var (address, root) = _fixed ?? Split(_url!.Render(exchange));
        // A URL of the operator's with a path in it is the whole URL.
        if (_url is not null && root.Length > 0) return (address, Cut(root, out var ownQuery), ownQuery);
        if (_url is not null && Split(Provider.Url(Options)) is { Path: var usual }) root = usual;
        if (Options.UpstreamPath is { } chosen) return (address, Cut(chosen, out var query), query);
        if (Provider.PathOf(call) is not { } path) return (address, null, "");
        return (address, Cut(root + path, out var own), own);
    }

    static (UpstreamAddress Address, string Path) Split(string text)
    {
        var url = new Uri(text, UriKind.Absolute);
        return (UpstreamAddress.Of(url), url.PathAndQuery == "/" ? "" : url.PathAndQuery);
    }

    static string Cut(string target, out string query)
    {
        var mark = target.IndexOf('?');
        query = mark < 0 ? "" : target[mark..];
        return mark < 0 ? target : target[..mark];
    }

}
