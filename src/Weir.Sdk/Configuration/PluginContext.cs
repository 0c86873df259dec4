using Microsoft.Extensions.Logging;

namespace Weir;

/// <summary>What the house gives a plugin instance when it is created.</summary>
public sealed class PluginContext
{
    /// <summary>Id of the configured plugin entity.</summary>
    public required string PluginId { get; init; }

    /// <summary>Name the operator gave this instance, or null.</summary>
    public string? InstanceName { get; init; }

    /// <summary>Service the instance is scoped to, or null.</summary>
    public string? ServiceId { get; init; }

    /// <summary>Route the instance is scoped to, or null.</summary>
    public string? RouteId { get; init; }

    /// <summary>Consumer the instance is scoped to, or null.</summary>
    public string? ConsumerId { get; init; }

    /// <summary>Consumer group the instance is scoped to, or null.</summary>
    public string? ConsumerGroupId { get; init; }

    /// <summary>Model the instance is scoped to, or null.</summary>
    public string? ModelId { get; init; }

    /// <summary>The clock. There is no other.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Randomness, seedable by tests. Safe for concurrent use.</summary>
    public required Random Random { get; init; }

    /// <summary>Log of this instance.</summary>
    public required ILogger Log { get; init; }

    /// <summary>Consumers of the configuration that is being built.</summary>
    public IConsumers Consumers
    {
        get => field ?? Get<IConsumers>();
        init;
    }

    /// <summary>State that outlives a reload.</summary>
    public required IKeep Keep { get; init; }

    /// <summary>Parts of the house by type: credential indexes, limit stores, metric registries. Throws when there is none.</summary>
    public required IServiceProvider Services { get; init; }

    /// <summary>A part of the house.</summary>
    public T Get<T>() where T : class =>
        (T)(Services.GetService(typeof(T)) ?? throw new InvalidOperationException($"The house has no {typeof(T).Name}."));
}

/// <summary>
/// State that outlives a reload: counters, caches, queues, pools. While a snapshot is built the same key gives the same object as in the snapshot before;
/// an object that no snapshot refers to any more is disposed.
/// </summary>
public interface IKeep
{
    /// <summary>
    /// The object kept under this key, created when it is not there. The key names the kind and everything that defines the object:
    /// <c>"http-log/" + endpoint</c>. Ask only while a plugin is being created.
    /// </summary>
    T Get<T>(string key, Func<T> create) where T : class;
}
