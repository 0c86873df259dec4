namespace Weir.Config;

/// <summary>What is not the very same in two versions of a list.</summary>
static class ListChanges
{
    /// <summary>
    /// Each item that only one of them has, with nothing for the other, and each pair of items with the same id of which both have one. Lists that cannot be
    /// compared have nothing in common.
    /// </summary>
    public static IReadOnlyList<(T? Before, T? After)> Between<T>(IReadOnlyList<T> before, IReadOnlyList<T> after)
        where T : class
    {
        if (ReferenceEquals(before, after)) return [];
        List<(T? Before, T? After)> changes = [];
        if (after is IVersionedList<T> list && list.TryCompare(before, (left, right) => changes.Add((left, right)))) return changes;
        changes.EnsureCapacity(before.Count + after.Count);
        foreach (var item in before) changes.Add((item, null));
        foreach (var item in after) changes.Add((null, item));
        return changes;
    }
}
