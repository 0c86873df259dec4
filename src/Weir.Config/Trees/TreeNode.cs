namespace Weir.Config;

/// <summary>A node of a <see cref="SortedTree{TItem, TKey, TOrder}"/>. Only the edit that made it may change it, as long as that edit lasts.</summary>
abstract class TreeNode<TItem, TKey, TOrder>(object edit)
    where TOrder : ITreeOrder<TItem, TKey>
{
    /// <summary>How many items, or children, a node has at most.</summary>
    public const int LengthMax = 64;

    /// <summary>Two neighbours that together have no more than this become one.</summary>
    protected const int MergedMax = LengthMax / 2;

    /// <summary>Levels below.</summary>
    public abstract int Height { get; }

    /// <summary>Items in it.</summary>
    public abstract int Count { get; }

    /// <summary>Items, or children.</summary>
    public int Length { get; protected set; }

    protected bool IsOf(object asked) => ReferenceEquals(edit, asked);

    /// <summary>Puts an item in. A node that becomes too large gives away its upper part.</summary>
    /// <param name="item">The item.</param>
    /// <param name="key">Its key.</param>
    /// <param name="asked">The edit.</param>
    /// <param name="upper">The upper part, or null.</param>
    /// <param name="grew">Whether the item is new, rather than in the place of another.</param>
    /// <returns>The node in the place of this one; itself where it may change.</returns>
    public abstract TreeNode<TItem, TKey, TOrder> Put(TItem item, TKey key, object asked, out TreeNode<TItem, TKey, TOrder>? upper, out bool grew);

    /// <summary>Takes an item out.</summary>
    /// <returns>The node in the place of this one; null when it is empty.</returns>
    public abstract TreeNode<TItem, TKey, TOrder>? Remove(TKey key, object asked, out bool found);

    /// <summary>The two as one; null when they are too large for that.</summary>
    public abstract TreeNode<TItem, TKey, TOrder>? Joined(TreeNode<TItem, TKey, TOrder> next, object asked);

    /// <summary>The least key that may be in it.</summary>
    public abstract TKey FirstKey { get; }
}
