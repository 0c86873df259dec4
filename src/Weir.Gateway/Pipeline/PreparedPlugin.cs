namespace Weir.Gateway;

/// <summary>A plugin instance with its phases looked up once, when the snapshot is built.</summary>
sealed class PreparedPlugin(string name, IPlugin plugin, Protocols protocols, bool isBlocking = false)
{
    public string Name { get; } = name;
    public IPlugin Plugin { get; } = plugin;
    public Protocols Protocols { get; } = protocols;

    /// <summary>Its phases take long: they must not run on an event loop.</summary>
    public bool IsBlocking { get; } = isBlocking;

    public IOnRequest? OnRequest { get; } = plugin as IOnRequest;
    public IOnUpstream? OnUpstream { get; } = plugin as IOnUpstream;
    public IOnResponse? OnResponse { get; } = plugin as IOnResponse;
    public IOnChunk? OnChunk { get; } = plugin as IOnChunk;
    public IOnWholeAnswer? OnWholeAnswer { get; } = plugin as IOnWholeAnswer;
    public IOnDone? OnDone { get; } = plugin as IOnDone;
}
