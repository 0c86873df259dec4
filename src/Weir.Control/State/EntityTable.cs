using System.Collections.Immutable;

namespace Weir.Control;

/// <summary>The entities of one kind in one workspace: by id, by unique keys, by what they refer to. Never changes; an editor makes the next one.</summary>
sealed class EntityTable
{
    static readonly IComparer<Stored> ById = Comparer<Stored>.Create(static (left, right) => left.Id.CompareTo(right.Id));

    readonly ImmutableSortedSet<Stored> _entities;
    readonly ImmutableDictionary<(int Key, string Value), Stored> _byKey;
    readonly ImmutableArray<ImmutableSortedSet<(Guid Target, Guid Id)>> _referring;

    EntityTable(
        ControlKind kind, ImmutableSortedSet<Stored> entities, ImmutableDictionary<(int, string), Stored> byKey,
        ImmutableArray<ImmutableSortedSet<(Guid, Guid)>> referring)
    {
        (Kind, _entities, _byKey, _referring) = (kind, entities, byKey, referring);
    }

    public ControlKind Kind { get; }

    public int Count => _entities.Count;

    /// <summary>In the order of ids.</summary>
    public IEnumerable<Stored> All => _entities;

    public static EntityTable Empty(ControlKind kind) => new(
        kind, ImmutableSortedSet<Stored>.Empty.WithComparer(ById), ImmutableDictionary<(int, string), Stored>.Empty,
        [.. kind.References.Select(static _ => ImmutableSortedSet<(Guid, Guid)>.Empty)]);

    public Stored? Find(Guid id) => _entities.TryGetValue(Probe(id), out var found) ? found : null;

    public Stored? Find(int uniqueKey, string value) => _byKey.GetValueOrDefault((uniqueKey, value));

    /// <summary>By id, or by the name that stands for it in paths.</summary>
    public Stored? Find(string idOrName) =>
        (Guid.TryParseExact(idOrName, "D", out var id) ? Find(id) : null)
        ?? (Kind.UniqueIndexOfName >= 0 ? Find(Kind.UniqueIndexOfName, idOrName) : null);

    /// <summary>Entities after an id, in order.</summary>
    public IEnumerable<Stored> After(Guid id)
    {
        var index = _entities.IndexOf(Probe(id));
        for (var i = index < 0 ? ~index : index + 1; i < _entities.Count; i++) yield return _entities[i];
    }

    /// <summary>Entities that refer to a target by one of the kind's references, after an id.</summary>
    public IEnumerable<Stored> Referring(int reference, Guid target, Guid after = default)
    {
        var set = _referring[reference];
        var index = set.IndexOf((target, after));
        for (var i = index < 0 ? ~index : index + 1; i < set.Count && set[i].Target == target; i++) yield return Find(set[i].Id)!;
    }

    public Editor Edit() => new(this);

    Stored Probe(Guid id) => new(Kind, id, default, 0);

    /// <summary>A table under change.</summary>
    public sealed class Editor(EntityTable table)
    {
        readonly ImmutableSortedSet<Stored>.Builder _entities = table._entities.ToBuilder();
        readonly ImmutableDictionary<(int, string), Stored>.Builder _byKey = table._byKey.ToBuilder();
        readonly ImmutableSortedSet<(Guid Target, Guid Id)>.Builder[] _referring = [.. table._referring.Select(static set => set.ToBuilder())];

        public ControlKind Kind => table.Kind;

        public Stored? Find(Guid id) => _entities.TryGetValue(table.Probe(id), out var found) ? found : null;

        public Stored? Find(int uniqueKey, string value) => _byKey.GetValueOrDefault((uniqueKey, value));

        public Stored? Find(string idOrName) =>
            (Guid.TryParseExact(idOrName, "D", out var id) ? Find(id) : null)
            ?? (Kind.UniqueIndexOfName >= 0 ? Find(Kind.UniqueIndexOfName, idOrName) : null);

        public IEnumerable<Stored> All => _entities;

        /// <summary>Entities that refer to a target by one of the kind's references.</summary>
        public IReadOnlyList<Stored> Referring(int reference, Guid target)
        {
            var set = _referring[reference];
            List<Stored> found = [];
            var index = set.IndexOf((target, Guid.Empty));
            for (var i = index < 0 ? ~index : index; i < set.Count && set[i].Target == target; i++) found.Add(Find(set[i].Id)!);
            return found;
        }

        /// <summary>The entity that has this one's value of a unique key already; null when there is none.</summary>
        public (UniqueKey Key, Stored Other)? Clash(Stored entity)
        {
            for (var i = 0; i < Kind.Unique.Count; i++)
                if (entity.KeyOf(Kind.Unique[i]) is { } value && _byKey.TryGetValue((i, value), out var other) && other.Id != entity.Id)
                    return (Kind.Unique[i], other);
            return null;
        }

        /// <summary>Puts an entity in the place of the one with its id, or adds it.</summary>
        public void Put(Stored entity)
        {
            if (Find(entity.Id) is { } before) Remove(before);
            _entities.Add(entity);
            for (var i = 0; i < Kind.Unique.Count; i++)
                if (entity.KeyOf(Kind.Unique[i]) is { } value)
                    _byKey[(i, value)] = entity;
            for (var i = 0; i < Kind.References.Count; i++)
                if (entity.Reference(Kind.References[i].Field) is { } target)
                    _referring[i].Add((target, entity.Id));
        }

        public void Remove(Stored entity)
        {
            _entities.Remove(entity);
            for (var i = 0; i < Kind.Unique.Count; i++)
                if (entity.KeyOf(Kind.Unique[i]) is { } value && _byKey.TryGetValue((i, value), out var holder) && holder.Id == entity.Id)
                    _byKey.Remove((i, value));
            for (var i = 0; i < Kind.References.Count; i++)
                if (entity.Reference(Kind.References[i].Field) is { } target)
                    _referring[i].Remove((target, entity.Id));
        }

        public EntityTable ToTable() => new(
            Kind, _entities.ToImmutable(), _byKey.ToImmutable(), [.. _referring.Select(static set => set.ToImmutable())]);
    }
}
