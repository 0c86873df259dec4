using KeyTree = Weir.Config.SortedTree<Weir.Control.KeyEntry, (int Hash, System.Guid Id), Weir.Control.KeyEntryOrder>;
using ReferringTree = Weir.Config.SortedTree<(System.Guid Target, System.Guid Id), (System.Guid Target, System.Guid Id), Weir.Control.ReferringOrder>;
using StoredTree = Weir.Config.SortedTree<Weir.Control.Stored, System.Guid, Weir.Control.StoredOrder>;

namespace Weir.Control;

/// <summary>The entities of one kind in one workspace: by id, by unique keys, by what they refer to. Never changes; an editor makes the next one.</summary>
sealed class EntityTable
{
    readonly StoredTree _entities;
    readonly KeyTree[] _byKey;
    readonly ReferringTree[] _referring;

    EntityTable(ControlKind kind, StoredTree entities, KeyTree[] byKey, ReferringTree[] referring) =>
        (Kind, _entities, _byKey, _referring) = (kind, entities, byKey, referring);

    public ControlKind Kind { get; }

    public int Count => _entities.Count;

    /// <summary>In the order of ids.</summary>
    public IEnumerable<Stored> All => _entities;

    public static EntityTable Empty(ControlKind kind) => new(
        kind, StoredTree.Empty, [.. kind.Unique.Select(static _ => KeyTree.Empty)], [.. kind.References.Select(static _ => ReferringTree.Empty)]);

    /// <summary>A table of entities in the order of their ids. What is put in order fills its pages.</summary>
    public static EntityTable Of(ControlKind kind, IReadOnlyList<Stored> entities)
    {
        var table = new Editor(Empty(kind));
        table.Fill(entities);
        return table.ToTable();
    }

    public Stored? Find(Guid id) => _entities.TryFind(id, out var found) ? found : null;

    public Stored? Find(int uniqueKey, string value) => Find(_byKey[uniqueKey].From((HashOf(value), Guid.Empty)), Kind, uniqueKey, value);

    /// <summary>By id, or by the name that stands for it in paths.</summary>
    public Stored? Find(string idOrName) =>
        (Guid.TryParseExact(idOrName, "D", out var id) ? Find(id) : null)
        ?? (Kind.UniqueIndexOfName >= 0 ? Find(Kind.UniqueIndexOfName, idOrName) : null);

    /// <summary>Entities after an id, in order.</summary>
    public IEnumerable<Stored> After(Guid id) => _entities.From(id).SkipWhile(entity => entity.Id == id);

    /// <summary>Entities that refer to a target by one of the kind's references, after an id.</summary>
    public IEnumerable<Stored> Referring(int reference, Guid target, Guid after = default)
    {
        foreach (var (referred, id) in _referring[reference].From((target, after)))
        {
            if (referred != target) yield break;
            if (id != after) yield return Find(id)!;
        }
    }

    /// <summary>Entities with a value of a unique key that this one has: none in a state that was judged.</summary>
    public IEnumerable<Stored> Clashing(Stored entity)
    {
        for (var i = 0; i < Kind.Unique.Count; i++)
        {
            if (entity.KeyOf(Kind.Unique[i]) is not { } value) continue;
            foreach (var (_, other) in _byKey[i].From((HashOf(value), Guid.Empty)).TakeWhile(entry => entry.Hash == HashOf(value)))
                if (other.Id != entity.Id && other.KeyOf(Kind.Unique[i]) == value) yield return other;
        }
    }

    /// <summary>Tells which entities are not the very same in two tables: of each the one before and the one after, null for none.</summary>
    public static void Compare(EntityTable before, EntityTable after, Action<Stored?, Stored?> differ) =>
        StoredTree.Compare(before._entities, after._entities, differ);

    public Editor Edit() => new(this);

    static int HashOf(string value) => value.GetHashCode(StringComparison.Ordinal);

    static Stored? Find(KeyTree.Walk from, ControlKind kind, int uniqueKey, string value)
    {
        var hash = HashOf(value);
        foreach (var entry in from)
        {
            if (entry.Hash != hash) return null;
            if (entry.Entity.KeyOf(kind.Unique[uniqueKey]) == value) return entry.Entity;
        }
        return null;
    }

    /// <summary>A table under change.</summary>
    public sealed class Editor(EntityTable table)
    {
        readonly StoredTree.Editor _entities = table._entities.Edit();
        readonly KeyTree.Editor[] _byKey = [.. table._byKey.Select(static tree => tree.Edit())];
        readonly ReferringTree.Editor[] _referring = [.. table._referring.Select(static tree => tree.Edit())];

        public ControlKind Kind => table.Kind;

        public Stored? Find(Guid id) => _entities.TryFind(id, out var found) ? found : null;

        /// <summary>
        /// By a unique key. While a draft is made two may have it, one of which is about to go: what this edit has put in is what is meant.
        /// </summary>
        public Stored? Find(int uniqueKey, string value)
        {
            Stored? found = null;
            foreach (var entity in With(uniqueKey, value))
            {
                if (!ReferenceEquals(table.Find(entity.Id), entity)) return entity;
                found ??= entity;
            }
            return found;
        }

        public Stored? Find(string idOrName) =>
            (Guid.TryParseExact(idOrName, "D", out var id) ? Find(id) : null)
            ?? (Kind.UniqueIndexOfName >= 0 ? Find(Kind.UniqueIndexOfName, idOrName) : null);

        public IEnumerable<Stored> All => _entities.All();

        /// <summary>Entities that refer to a target by one of the kind's references.</summary>
        public IReadOnlyList<Stored> Referring(int reference, Guid target)
        {
            List<Stored> found = [];
            foreach (var (referred, id) in _referring[reference].From((target, Guid.Empty)))
            {
                if (referred != target) break;
                found.Add(Find(id)!);
            }
            return found;
        }

        /// <summary>The entity that has this one's value of a unique key already; null when there is none.</summary>
        public (UniqueKey Key, Stored Other)? Clash(Stored entity)
        {
            for (var i = 0; i < Kind.Unique.Count; i++)
                if (entity.KeyOf(Kind.Unique[i]) is { } value && With(i, value).FirstOrDefault(other => other.Id != entity.Id) is { } taken)
                    return (Kind.Unique[i], taken);
            return null;
        }

        /// <summary>Puts an entity in the place of the one with its id, or adds it.</summary>
        public void Put(Stored entity)
        {
            if (Find(entity.Id) is { } before) Remove(before);
            _entities.Put(entity);
            for (var i = 0; i < Kind.Unique.Count; i++)
                if (entity.KeyOf(Kind.Unique[i]) is { } value)
                    _byKey[i].Put(new KeyEntry(HashOf(value), entity));
            for (var i = 0; i < Kind.References.Count; i++)
                if (entity.Reference(Kind.References[i].Field) is { } target)
                    _referring[i].Put((target, entity.Id));
        }

        /// <summary>Puts entities in the order of their ids into a table that has none.</summary>
        internal void Fill(IReadOnlyList<Stored> entities)
        {
            foreach (var entity in entities) _entities.Put(entity);
            for (var i = 0; i < Kind.Unique.Count; i++)
            {
                List<KeyEntry> entries = [];
                foreach (var entity in entities)
                    if (entity.KeyOf(Kind.Unique[i]) is { } value)
                        entries.Add(new KeyEntry(HashOf(value), entity));
                entries.Sort(static (left, right) => KeyEntryOrder.Compare(KeyEntryOrder.KeyOf(left), KeyEntryOrder.KeyOf(right)));
                foreach (var entry in entries) _byKey[i].Put(entry);
            }
            for (var i = 0; i < Kind.References.Count; i++)
            {
                List<(Guid Target, Guid Id)> referring = [];
                foreach (var entity in entities)
                    if (entity.Reference(Kind.References[i].Field) is { } target)
                        referring.Add((target, entity.Id));
                referring.Sort(ReferringOrder.Compare);
                foreach (var reference in referring) _referring[i].Put(reference);
            }
        }

        public void Remove(Stored entity)
        {
            if (Find(entity.Id) is not { } there) return;
            _entities.Remove(there.Id);
            for (var i = 0; i < Kind.Unique.Count; i++)
                if (there.KeyOf(Kind.Unique[i]) is { } value)
                    _byKey[i].Remove((HashOf(value), there.Id));
            for (var i = 0; i < Kind.References.Count; i++)
                if (there.Reference(Kind.References[i].Field) is { } target)
                    _referring[i].Remove((target, there.Id));
        }

        /// <summary>The entities that have a value of a unique key.</summary>
        IEnumerable<Stored> With(int uniqueKey, string value)
        {
            var hash = HashOf(value);
            foreach (var (found, entity) in _byKey[uniqueKey].From((hash, Guid.Empty)))
            {
                if (found != hash) yield break;
                if (entity.KeyOf(Kind.Unique[uniqueKey]) == value) yield return entity;
            }
        }

        public EntityTable ToTable() => new(
            Kind, _entities.ToTree(), [.. _byKey.Select(static tree => tree.ToTree())], [.. _referring.Select(static tree => tree.ToTree())]);
    }
}
