using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Weir.Config;

/// <summary>
/// Items in the order of their keys, no key twice. Never changes: an edit makes the next version, which shares with this one all that it does not touch, so
/// that a change costs what it changes, and the difference between two versions is found without looking at what they share.
/// </summary>
sealed class SortedTree<TItem, TKey, TOrder> : IReadOnlyCollection<TItem>
    where TOrder : ITreeOrder<TItem, TKey>
{
    readonly TreeNode<TItem, TKey, TOrder>? _root;

    SortedTree(TreeNode<TItem, TKey, TOrder>? root) => _root = root;

    public static SortedTree<TItem, TKey, TOrder> Empty { get; } = new(null);

    public int Count => _root?.Count ?? 0;

    public bool TryFind(TKey key, [MaybeNullWhen(false)] out TItem item) => TryFind(_root, key, out item);

    /// <summary>Items whose keys are not lower than this.</summary>
    public Walk From(TKey key) => new(_root, key);

    /// <summary>The item at a place in the order.</summary>
    public TItem At(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count);
        var node = _root!;
        while (node is TreeBranch<TItem, TKey, TOrder> branch)
        {
            foreach (var child in branch.Children)
            {
                node = child;
                if (index < child.Count) break;
                index -= child.Count;
            }
        }
        return ((TreeLeaf<TItem, TKey, TOrder>)node).Items[index];
    }

    public Editor Edit() => new(this);

    /// <summary>Tells what two versions do not share: items that only one of them has come with nothing for the other. In the order of keys.</summary>
    public static void Compare(SortedTree<TItem, TKey, TOrder> before, SortedTree<TItem, TKey, TOrder> after, Action<TItem?, TItem?> differ)
    {
        if (ReferenceEquals(before._root, after._root)) return;
        var (left, right) = (new Steps(before._root), new Steps(after._root));
        while (left.Node is not null || right.Node is not null)
        {
            if (ReferenceEquals(left.Node, right.Node) && left.IsAtStart && right.IsAtStart)
            {
                left.Skip();
                right.Skip();
            }
            else if (left.Node is { Height: > 0 } high && (right.Node is null || high.Height >= right.Node.Height))
            {
                left.Descend();
            }
            else if (right.Node is { Height: > 0 })
            {
                right.Descend();
            }
            else
            {
                Merge(ref left, ref right, differ);
            }
        }
    }

    public IEnumerator<TItem> GetEnumerator() => new Walk(_root);

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    static void Merge(ref Steps left, ref Steps right, Action<TItem?, TItem?> differ)
    {
        var order = left.Node is null ? 1 : right.Node is null ? -1 : TOrder.Compare(TOrder.KeyOf(left.Item), TOrder.KeyOf(right.Item));
        if (order == 0)
        {
            if (!IsSame(left.Item, right.Item)) differ(left.Item, right.Item);
            left.Next();
            right.Next();
        }
        else if (order < 0)
        {
            differ(left.Item, default);
            left.Next();
        }
        else
        {
            differ(default, right.Item);
            right.Next();
        }
    }

    static bool IsSame(TItem left, TItem right) =>
        typeof(TItem).IsValueType ? EqualityComparer<TItem>.Default.Equals(left, right) : ReferenceEquals(left, right);

    static bool TryFind(TreeNode<TItem, TKey, TOrder>? node, TKey key, [MaybeNullWhen(false)] out TItem item)
    {
        while (node is TreeBranch<TItem, TKey, TOrder> branch) node = branch.Children[branch.IndexOf(key)];
        if (node is TreeLeaf<TItem, TKey, TOrder> leaf && leaf.IndexOf(key) is var at and >= 0)
        {
            item = leaf.Items[at];
            return true;
        }
        item = default;
        return false;
    }

    /// <summary>A version under change. What it says is that of the version it comes from until something is put in or taken out.</summary>
    public sealed class Editor
    {
        SortedTree<TItem, TKey, TOrder> _said;
        TreeNode<TItem, TKey, TOrder>? _root;
        object _edit = new();

        internal Editor(SortedTree<TItem, TKey, TOrder> tree) => (_said, _root) = (tree, tree._root);

        public int Count => _root?.Count ?? 0;

        public bool TryFind(TKey key, [MaybeNullWhen(false)] out TItem item) => SortedTree<TItem, TKey, TOrder>.TryFind(_root, key, out item);

        /// <summary>Items whose keys are not lower than this. Not to be used across a change.</summary>
        public Walk From(TKey key) => new(_root, key);

        /// <summary>All items. Not to be used across a change.</summary>
        public Walk All() => new(_root);

        /// <summary>Puts an item in, in the place of the one with its key if there is one.</summary>
        public void Put(TItem item)
        {
            if (_root is null)
            {
                _root = new TreeLeaf<TItem, TKey, TOrder>(_edit, [item]);
                return;
            }
            _root = _root.Put(item, TOrder.KeyOf(item), _edit, out var upper, out _);
            if (upper is not null) _root = TreeBranch<TItem, TKey, TOrder>.Of(_edit, _root, upper);
        }

        /// <summary>Takes the item with this key out; false when there is none.</summary>
        public bool Remove(TKey key)
        {
            if (_root is null) return false;
            _root = _root.Remove(key, _edit, out var found);
            while (_root is TreeBranch<TItem, TKey, TOrder> { Length: 1 } branch) _root = branch.Children[0];
            return found;
        }

        /// <summary>What it says now, for good; the very tree that it comes from as long as nothing changed.</summary>
        public SortedTree<TItem, TKey, TOrder> ToTree()
        {
            _edit = new object();
            return ReferenceEquals(_root, _said._root) ? _said : _said = new SortedTree<TItem, TKey, TOrder>(_root);
        }
    }

    /// <summary>Goes through items in order.</summary>
    public sealed class Walk : IEnumerator<TItem>, IEnumerable<TItem>
    {
        Steps _steps;
        bool _started;

        internal Walk(TreeNode<TItem, TKey, TOrder>? root) => _steps = new Steps(root);

        internal Walk(TreeNode<TItem, TKey, TOrder>? root, TKey key)
        {
            _steps = new Steps(root);
            _steps.Seek(key);
        }

        public TItem Current => _steps.Item;

        object? IEnumerator.Current => Current;

        public bool MoveNext()
        {
            if (_started) _steps.Next();
            _started = true;
            while (_steps.Node is { Height: > 0 }) _steps.Descend();
            return _steps.Node is not null;
        }

        public void Reset() => throw new NotSupportedException();

        public void Dispose()
        {
            // Nothing is held.
        }

        public IEnumerator<TItem> GetEnumerator() => this;

        IEnumerator IEnumerable.GetEnumerator() => this;
    }

    /// <summary>A place in a tree: a node that has not been looked into, or an item of a leaf.</summary>
    struct Steps
    {
        readonly Stack<(TreeBranch<TItem, TKey, TOrder> Branch, int Child)> _above = [];
        int _item;

        public Steps(TreeNode<TItem, TKey, TOrder>? root) => Node = root;

        /// <summary>The node; null past the end.</summary>
        public TreeNode<TItem, TKey, TOrder>? Node { get; private set; }

        public readonly bool IsAtStart => _item == 0;

        public readonly TItem Item => ((TreeLeaf<TItem, TKey, TOrder>)Node!).Items[_item];

        public void Descend()
        {
            var branch = (TreeBranch<TItem, TKey, TOrder>)Node!;
            _above.Push((branch, 0));
            Node = branch.Children[0];
        }

        /// <summary>Past the whole node.</summary>
        public void Skip()
        {
            _item = 0;
            while (_above.TryPop(out var above))
            {
                if (above.Child + 1 == above.Branch.Length) continue;
                _above.Push((above.Branch, above.Child + 1));
                Node = above.Branch.Children[above.Child + 1];
                return;
            }
            Node = null;
        }

        public void Next()
        {
            if (++_item == Node!.Length) Skip();
        }

        public void Seek(TKey key)
        {
            while (Node is TreeBranch<TItem, TKey, TOrder> branch)
            {
                var child = branch.IndexOf(key);
                _above.Push((branch, child));
                Node = branch.Children[child];
            }
            if (Node is not TreeLeaf<TItem, TKey, TOrder> leaf) return;
            var at = leaf.IndexOf(key);
            _item = at < 0 ? ~at : at;
            if (_item == leaf.Length) Skip();
        }
    }
}
