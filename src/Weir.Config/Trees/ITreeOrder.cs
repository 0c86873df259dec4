namespace Weir.Config;

/// <summary>What the items of a tree are found by, and in which order they stand.</summary>
interface ITreeOrder<TItem, TKey>
{
    static abstract TKey KeyOf(TItem item);

    static abstract int Compare(TKey left, TKey right);
}
