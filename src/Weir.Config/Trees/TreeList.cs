using System.Collections;

namespace Weir.Config;

/// <summary>The items of a tree as a list, and some more after them. Two of them can be compared by what they do not share.</summary>
sealed class TreeList<TItem, TKey, TOrder, T>(SortedTree<TItem, TKey, TOrder> tree, IReadOnlyList<T> more) : IReadOnlyList<T>, IVersionedList<T>
    where TOrder : ITreeOrder<TItem, TKey>
    where T : class, TItem
{
    readonly SortedTree<TItem, TKey, TOrder> _tree = tree;
    readonly IReadOnlyList<T> _more = more;

    public int Count => _tree.Count + _more.Count;

    public T this[int index] => index < _tree.Count ? (T)_tree.At(index)! : _more[index - _tree.Count];

    /// <summary>Whether it says the same as a list of these.</summary>
    public bool IsOf(SortedTree<TItem, TKey, TOrder> tree, IReadOnlyList<T> more) => ReferenceEquals(_tree, tree) && _more.SequenceEqual(more, Same);

    public bool TryCompare(IReadOnlyList<T> before, Action<T?, T?> differ)
    {
        if (before is not TreeList<TItem, TKey, TOrder, T> other) return false;
        SortedTree<TItem, TKey, TOrder>.Compare(other._tree, _tree, (left, right) => differ((T?)left, (T?)right));
        if (_more.SequenceEqual(other._more, Same)) return true;
        foreach (var item in other._more) differ(item, null);
        foreach (var item in _more) differ(null, item);
        return true;
    }

    public IEnumerator<T> GetEnumerator()
    {
        foreach (var item in _tree) yield return (T)item!;
        foreach (var item in _more) yield return item;
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    static IEqualityComparer<T> Same { get; } = EqualityComparer<T>.Create(ReferenceEquals);
}

/// <summary>A list that knows what it shares with the list before it.</summary>
interface IVersionedList<T>
    where T : class
{
    /// <summary>Tells which items are not the very same ones, of each the one before and the one after. False when that cannot be told.</summary>
    bool TryCompare(IReadOnlyList<T> before, Action<T?, T?> differ);
}
