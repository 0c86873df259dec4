using Weir.Config;

namespace Weir.Control;

/// <summary>Entities in the order of their ids.</summary>
readonly struct StoredOrder : ITreeOrder<Stored, Guid>
{
    public static Guid KeyOf(Stored item) => item.Id;

    public static int Compare(Guid left, Guid right) => left.CompareTo(right);
}

/// <summary>An entity under the hash of one of its unique keys. The key itself is read from the entity: a million texts less to keep.</summary>
readonly record struct KeyEntry(int Hash, Stored Entity);

/// <summary>Entities by the hashes of a unique key.</summary>
readonly struct KeyEntryOrder : ITreeOrder<KeyEntry, (int Hash, Guid Id)>
{
    public static (int Hash, Guid Id) KeyOf(KeyEntry item) => (item.Hash, item.Entity.Id);

    public static int Compare((int Hash, Guid Id) left, (int Hash, Guid Id) right) =>
        left.Hash != right.Hash ? left.Hash.CompareTo(right.Hash) : left.Id.CompareTo(right.Id);
}

/// <summary>What refers to what, by ids.</summary>
readonly struct ReferringOrder : ITreeOrder<(Guid Target, Guid Id), (Guid Target, Guid Id)>
{
    public static (Guid Target, Guid Id) KeyOf((Guid Target, Guid Id) item) => item;

    public static int Compare((Guid Target, Guid Id) left, (Guid Target, Guid Id) right) =>
        left.Target != right.Target ? left.Target.CompareTo(right.Target) : left.Id.CompareTo(right.Id);
}
