namespace Weir.Config;

/// <summary>Children, in order, each with the least key that may be in it.</summary>
sealed class TreeBranch<TItem, TKey, TOrder> : TreeNode<TItem, TKey, TOrder>
    where TOrder : ITreeOrder<TItem, TKey>
{
    readonly TreeNode<TItem, TKey, TOrder>[] _children = new TreeNode<TItem, TKey, TOrder>[LengthMax];
    readonly TKey[] _firsts = new TKey[LengthMax];
    int _count;

    TreeBranch(object edit, int height, ReadOnlySpan<TreeNode<TItem, TKey, TOrder>> children, ReadOnlySpan<TKey> firsts) : base(edit)
    {
        Height = height;
        children.CopyTo(_children);
        firsts.CopyTo(_firsts);
        Length = children.Length;
        foreach (var child in children) _count += child.Count;
    }

    public override int Height { get; }

    public override int Count => _count;

    public ReadOnlySpan<TreeNode<TItem, TKey, TOrder>> Children => _children.AsSpan(0, Length);

    ReadOnlySpan<TKey> Firsts => _firsts.AsSpan(0, Length);

    public override TKey FirstKey => _firsts[0];

    public static TreeBranch<TItem, TKey, TOrder> Of(object edit, TreeNode<TItem, TKey, TOrder> left, TreeNode<TItem, TKey, TOrder> right) =>
        new(edit, left.Height + 1, [left, right], [left.FirstKey, right.FirstKey]);

    /// <summary>The child in which a key is, if it is anywhere.</summary>
    public int IndexOf(TKey key)
    {
        var (low, high) = (1, Length - 1);
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            if (TOrder.Compare(_firsts[middle], key) <= 0) low = middle + 1;
            else high = middle - 1;
        }
        return low - 1;
    }

    public override TreeNode<TItem, TKey, TOrder> Put(TItem item, TKey key, object asked, out TreeNode<TItem, TKey, TOrder>? upper, out bool grew)
    {
        upper = null;
        var at = IndexOf(key);
        var child = _children[at].Put(item, key, asked, out var split, out grew);
        var own = Own(asked);
        own._children[at] = child;
        if (at == 0 && TOrder.Compare(key, own._firsts[0]) < 0) own._firsts[0] = key;
        if (grew) own._count++;
        if (split is null) return own;
        own._count -= split.Count;
        if (own.Length < LengthMax)
        {
            own.Insert(at + 1, split);
            return own;
        }
        var middle = at == LengthMax - 1 ? LengthMax : LengthMax / 2;
        if (middle == LengthMax)
        {
            upper = new TreeBranch<TItem, TKey, TOrder>(asked, Height, [split], [split.FirstKey]);
            return own;
        }
        var left = new TreeBranch<TItem, TKey, TOrder>(asked, Height, own.Children[..middle], own.Firsts[..middle]);
        var right = new TreeBranch<TItem, TKey, TOrder>(asked, Height, own.Children[middle..], own.Firsts[middle..]);
        if (at < middle) left.Insert(at + 1, split);
        else right.Insert(at + 1 - middle, split);
        upper = right;
        return left;
    }

    public override TreeNode<TItem, TKey, TOrder>? Remove(TKey key, object asked, out bool found)
    {
        var at = IndexOf(key);
        var child = _children[at].Remove(key, asked, out found);
        if (!found) return this;
        if (child is null && Length == 1) return null;
        var own = Own(asked);
        own._count--;
        if (child is null) own.Drop(at);
        else own._children[at] = child;
        own.JoinAround(Math.Min(at, own.Length - 1), asked);
        return own;
    }

    public override TreeNode<TItem, TKey, TOrder>? Joined(TreeNode<TItem, TKey, TOrder> next, object asked) =>
        next is TreeBranch<TItem, TKey, TOrder> branch && Length + branch.Length <= MergedMax
            ? new TreeBranch<TItem, TKey, TOrder>(asked, Height, [.. Children, .. branch.Children], [.. Firsts, .. branch.Firsts]) : null;

    void JoinAround(int at, object asked)
    {
        foreach (var left in (ReadOnlySpan<int>)[at, at - 1])
        {
            if (left < 0 || left + 1 >= Length || _children[left].Joined(_children[left + 1], asked) is not { } joined) continue;
            _children[left] = joined;
            Drop(left + 1);
            return;
        }
    }

    TreeBranch<TItem, TKey, TOrder> Own(object asked) => IsOf(asked) ? this : new(asked, Height, Children, Firsts);

    void Insert(int at, TreeNode<TItem, TKey, TOrder> child)
    {
        _children.AsSpan(at, Length - at).CopyTo(_children.AsSpan(at + 1));
        _firsts.AsSpan(at, Length - at).CopyTo(_firsts.AsSpan(at + 1));
        (_children[at], _firsts[at]) = (child, child.FirstKey);
        Length++;
        _count += child.Count;
    }

    void Drop(int at)
    {
        _children.AsSpan(at + 1, Length - at - 1).CopyTo(_children.AsSpan(at));
        _firsts.AsSpan(at + 1, Length - at - 1).CopyTo(_firsts.AsSpan(at));
        Length--;
        _children[Length] = null!;
        _firsts[Length] = default!;
    }
}
