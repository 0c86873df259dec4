namespace Weir.Config;

/// <summary>Items, in order.</summary>
sealed class TreeLeaf<TItem, TKey, TOrder> : TreeNode<TItem, TKey, TOrder>
    where TOrder : ITreeOrder<TItem, TKey>
{
    TItem[] _items;

    public TreeLeaf(object edit, ReadOnlySpan<TItem> items) : base(edit)
    {
        _items = items.ToArray();
        Length = items.Length;
    }

    public override int Height => 0;

    public override int Count => Length;

    public ReadOnlySpan<TItem> Items => _items.AsSpan(0, Length);

    public override TKey FirstKey => TOrder.KeyOf(_items[0]);

    /// <summary>Where the key is, or the complement of where it would be.</summary>
    public int IndexOf(TKey key)
    {
        var (low, high) = (0, Length - 1);
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var order = TOrder.Compare(TOrder.KeyOf(_items[middle]), key);
            if (order == 0) return middle;
            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }
        return ~low;
    }

    public override TreeNode<TItem, TKey, TOrder> Put(TItem item, TKey key, object asked, out TreeNode<TItem, TKey, TOrder>? upper, out bool grew)
    {
        upper = null;
        var at = IndexOf(key);
        grew = at < 0;
        if (!grew)
        {
            var own = Own(asked);
            own._items[at] = item;
            return own;
        }
        at = ~at;
        if (Length < LengthMax) return Own(asked).Insert(at, item);
        // What comes in order leaves full leaves behind.
        var split = at == LengthMax ? LengthMax : LengthMax / 2;
        var left = new TreeLeaf<TItem, TKey, TOrder>(asked, Items[..split]);
        if (split == LengthMax)
        {
            upper = new TreeLeaf<TItem, TKey, TOrder>(asked, [item]);
            return left;
        }
        var right = new TreeLeaf<TItem, TKey, TOrder>(asked, Items[split..]);
        if (at <= split) left.Insert(at, item);
        else right.Insert(at - split, item);
        upper = right;
        return left;
    }

    public override TreeNode<TItem, TKey, TOrder>? Remove(TKey key, object asked, out bool found)
    {
        var at = IndexOf(key);
        found = at >= 0;
        if (!found) return this;
        if (Length == 1) return null;
        var own = Own(asked);
        own._items.AsSpan(at + 1, own.Length - at - 1).CopyTo(own._items.AsSpan(at));
        own._items[--own.Length] = default!;
        return own;
    }

    public override TreeNode<TItem, TKey, TOrder>? Joined(TreeNode<TItem, TKey, TOrder> next, object asked) =>
        next is TreeLeaf<TItem, TKey, TOrder> leaf && Length + leaf.Length <= MergedMax
            ? new TreeLeaf<TItem, TKey, TOrder>(asked, [.. Items, .. leaf.Items]) : null;

    TreeLeaf<TItem, TKey, TOrder> Own(object asked) => IsOf(asked) ? this : new(asked, Items);

    TreeLeaf<TItem, TKey, TOrder> Insert(int at, TItem item)
    {
        if (Length == _items.Length) Array.Resize(ref _items, Math.Min(LengthMax, Math.Max(4, Length * 2)));
        _items.AsSpan(at, Length - at).CopyTo(_items.AsSpan(at + 1));
        _items[at] = item;
        Length++;
        return this;
    }
}
