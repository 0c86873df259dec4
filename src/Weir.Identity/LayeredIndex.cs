using System.Diagnostics.CodeAnalysis;

namespace Weir.Identity;

/// <summary>
/// A dictionary of which successive configurations share the large part: what differs lies beside it, and is folded in when it grows. A look-up costs a
/// dictionary's, or two.
/// </summary>
sealed class LayeredIndex<TKey, TValue>
    where TKey : notnull
{
    /// <summary>More differences than these are folded in: copying them for every change would cost more than that, in the long run.</summary>
    const int NewerMax = 1024;

    readonly Dictionary<TKey, TValue> _all;
    readonly Dictionary<TKey, (bool IsThere, TValue Value)> _newer;

    LayeredIndex(Dictionary<TKey, TValue> all, Dictionary<TKey, (bool IsThere, TValue Value)> newer) => (_all, _newer) = (all, newer);

    public LayeredIndex(Dictionary<TKey, TValue> all) : this(all, [])
    {
    }

    public bool TryGetValue(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        if (_newer.Count > 0 && _newer.TryGetValue(key, out var newer))
        {
            value = newer.Value;
            return newer.IsThere;
        }
        return _all.TryGetValue(key, out value);
    }

    /// <summary>The same by a key in another form.</summary>
    public bool TryGetValue<TOther>(TOther key, [MaybeNullWhen(false)] out TValue value)
        where TOther : notnull, allows ref struct
    {
        if (_newer.Count > 0 && _newer.GetAlternateLookup<TOther>().TryGetValue(key, out var newer))
        {
            value = newer.Value;
            return newer.IsThere;
        }
        return _all.GetAlternateLookup<TOther>().TryGetValue(key, out value);
    }

    public TValue? GetValueOrDefault(TKey key) => TryGetValue(key, out var value) ? value : default;

    public Editor Edit() => new(this);

    /// <summary>An index under change.</summary>
    public sealed class Editor(LayeredIndex<TKey, TValue> index)
    {
        Dictionary<TKey, (bool IsThere, TValue Value)>? _newer;

        Dictionary<TKey, (bool IsThere, TValue Value)> Newer => _newer ??= new(index._newer, index._newer.Comparer);

        /// <summary>Adds a value; false when there is one with its key.</summary>
        public bool TryAdd(TKey key, TValue value)
        {
            var isThere = _newer is not null && _newer.TryGetValue(key, out var newer) ? newer.IsThere : index.TryGetValue(key, out _);
            if (!isThere) Newer[key] = (true, value);
            return !isThere;
        }

        public void Remove(TKey key) => Newer[key] = (false, default!);

        /// <summary>The next index; the same when nothing changed.</summary>
        public LayeredIndex<TKey, TValue> ToIndex()
        {
            if (_newer is null) return index;
            if (_newer.Count <= NewerMax) return new LayeredIndex<TKey, TValue>(index._all, _newer);
            var all = new Dictionary<TKey, TValue>(index._all, index._all.Comparer);
            foreach (var (key, (isThere, value)) in _newer)
                if (isThere) all[key] = value;
                else all.Remove(key);
            return new LayeredIndex<TKey, TValue>(all);
        }
    }
}
