namespace Weir.Ai;

/// <summary>
/// Pairs of neighbours by rank, then by place: the lowest comes out first. A binary heap in an array that is large enough for all that will come.
/// </summary>
ref struct PairHeap(Span<long> items)
{
    readonly Span<long> _items = items;
    int _count;

    public void Add(int rank, int place)
    {
        var item = ((long)rank << 32) | (uint)place;
        var at = _count++;
        while (at > 0)
        {
            var above = (at - 1) / 2;
            if (_items[above] <= item) break;
            _items[at] = _items[above];
            at = above;
        }
        _items[at] = item;
    }

    public bool TryTake(out int rank, out int place)
    {
        (rank, place) = (0, 0);
        if (_count == 0) return false;
        (rank, place) = ((int)(_items[0] >> 32), (int)_items[0]);
        var item = _items[--_count];
        var at = 0;
        while ((at * 2) + 1 is var below && below < _count)
        {
            if (below + 1 < _count && _items[below + 1] < _items[below]) below++;
            if (item <= _items[below]) break;
            _items[at] = _items[below];
            at = below;
        }
        _items[at] = item;
        return true;
    }
}
