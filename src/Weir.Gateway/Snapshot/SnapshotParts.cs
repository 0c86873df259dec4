using Microsoft.Extensions.Logging;
using Weir.Config;

namespace Weir.Gateway;

/// <summary>What snapshots are built with; the same for all of them.</summary>
sealed class SnapshotParts
{
    /// <summary>All plugins in the order a request meets them.</summary>
    public required IReadOnlyList<PluginKind> Catalog { get; init; }

    public required NodeSettings Settings { get; init; }
    public required Keep Keep { get; init; }
    public required BalancingContext Balancing { get; init; }
    public required TimeProvider Time { get; init; }
    public required Random Random { get; init; }
    public required ILoggerFactory Loggers { get; init; }

    /// <summary>Parts of the house that live as long as the process, by type.</summary>
    public required IReadOnlyDictionary<Type, object> Services { get; init; }

    /// <summary>Adds the parts that belong to one document: who may call.</summary>
    public required Action<Document, HouseServices, IKeep> Prepare { get; init; }
}

/// <summary>Parts of the house by type: those of the process, and those of the snapshot under construction.</summary>
sealed class HouseServices(IReadOnlyDictionary<Type, object> process) : IServiceProvider
{
    readonly Dictionary<Type, object> _own = [];

    /// <summary>The document before this one in the same workspace, with its parts. Null for the first one, and once this one is prepared.</summary>
    public (Document Document, HouseServices House)? Before { get; set; }

    public void Add<T>(T part) where T : class => _own[typeof(T)] = part;

    /// <summary>Adds a part: the one before, when what it is made of is the very same.</summary>
    /// <param name="document">The document that the part is of.</param>
    /// <param name="madeOf">The lists of a document that it looks at.</param>
    /// <param name="make">Makes it.</param>
    public T Add<T>(Document document, Func<Document, object[]> madeOf, Func<T> make) where T : class
    {
        var isSame = Before is { } before && before.House._own.ContainsKey(typeof(T))
            && madeOf(before.Document).SequenceEqual(madeOf(document), ReferenceEqualityComparer.Instance);
        var part = isSame ? Before!.Value.House.Get<T>() : make();
        Add(part);
        return part;
    }

    public object? GetService(Type serviceType) => _own.GetValueOrDefault(serviceType) ?? process.GetValueOrDefault(serviceType);

    public T Get<T>() where T : class => (T?)GetService(typeof(T)) ?? throw new InvalidOperationException($"The house has no {typeof(T).Name}.");
}
