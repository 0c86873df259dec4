using System.Text.Json.Serialization.Metadata;

namespace Weir;

/// <summary>What a plugin class tells about itself. Parsing, schema, reference page and form come from its record, <typeparamref name="TConfig"/>.</summary>
public interface IPluginKind<TConfig> where TConfig : class
{
    /// <summary>Name in configuration files: <c>key-auth</c>.</summary>
    static abstract string Name { get; }

    /// <summary>One sentence for the reference page.</summary>
    static abstract string Summary { get; }

    /// <summary>Source-generated metadata of the config record.</summary>
    static abstract JsonTypeInfo<TConfig> ConfigType { get; }

    /// <summary>What an instance may be attached to, besides being global.</summary>
    static virtual PluginScopes Scopes => PluginScopes.All;

    /// <summary>
    /// Whether its phases compute for a millisecond or more, or call libraries that block their thread. They run on the thread pool then, and nobody
    /// waits for them but their own request. A plugin that does not say so and holds its event loop for over 10 ms is named in a warning.
    /// </summary>
    static virtual bool IsBlocking => false;

    /// <summary>Rules across fields. Rules of one field stand on the field.</summary>
    static virtual void Check(TConfig config, Problems problems) { }

    /// <summary>Builds one instance for one (scope, config).</summary>
    static abstract IPlugin Create(TConfig config, PluginContext context);
}

/// <summary>What plugin instances may be attached to.</summary>
[Flags]
public enum PluginScopes
{
    /// <summary>Global only.</summary>
    Global = 0,

    /// <summary>A service.</summary>
    Service = 1,

    /// <summary>A route.</summary>
    Route = 2,

    /// <summary>A consumer.</summary>
    Consumer = 4,

    /// <summary>A consumer group.</summary>
    ConsumerGroup = 8,

    /// <summary>A model: for plugins that run after it is known which model a request is for.</summary>
    Model = 16,

    /// <summary>Service and route: for plugins that find out who is calling.</summary>
    NoConsumer = Service | Route,

    /// <summary>Anything.</summary>
    All = Service | Route | Consumer | ConsumerGroup | Model,
}

/// <summary>A plugin as the catalog holds it.</summary>
public sealed class PluginKind
{
    readonly Lazy<JsonTypeInfo> _configType;

    PluginKind(Func<JsonTypeInfo> configType) => _configType = new Lazy<JsonTypeInfo>(configType);

    /// <summary>Name in configuration files.</summary>
    public required string Name { get; init; }

    /// <summary>One sentence for the reference page.</summary>
    public required string Summary { get; init; }

    /// <summary>The class that implements it.</summary>
    public required Type Type { get; init; }

    /// <summary>Metadata of its config record. Made at first use: a gateway starts without the metadata of plugins that it does not run.</summary>
    public JsonTypeInfo ConfigType => _configType.Value;

    /// <summary>What it may be attached to.</summary>
    public required PluginScopes Scopes { get; init; }

    /// <summary>Whether its phases run on the thread pool, because they take long.</summary>
    public required bool IsBlocking { get; init; }

    /// <summary>Rules across the fields of a parsed config.</summary>
    public required Action<object, Problems> Check { get; init; }

    /// <summary>Builds an instance.</summary>
    public required Func<object, PluginContext, IPlugin> Create { get; init; }

    /// <summary>The kind of a plugin class.</summary>
    public static PluginKind Of<TPlugin, TConfig>() where TPlugin : IPluginKind<TConfig>, IPlugin where TConfig : class => new(static () => TPlugin.ConfigType)
    {
        Name = TPlugin.Name,
        Summary = TPlugin.Summary,
        Type = typeof(TPlugin),
        Scopes = TPlugin.Scopes,
        IsBlocking = TPlugin.IsBlocking,
        Check = static (config, problems) => TPlugin.Check((TConfig)config, problems),
        Create = static (config, context) => TPlugin.Create((TConfig)config, context),
    };
}

/// <summary>A class library of plugins names them here; the node's settings name the library.</summary>
public interface IPluginLibrary
{
    /// <summary>The library's plugins and the built-in plugin each runs before, or null to run after all built-in ones.</summary>
    IEnumerable<(PluginKind Kind, string? Before)> Plugins { get; }
}
