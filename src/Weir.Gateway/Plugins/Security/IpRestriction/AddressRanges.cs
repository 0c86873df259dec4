using System.Numerics;

namespace Weir.Gateway.Plugins;

/// <summary>Ranges of addresses of one family, sorted and merged when built, so that a look-up is one binary search.</summary>
sealed class AddressRanges<T> where T : IBinaryInteger<T>, IMinMaxValue<T>
{
    readonly T[] _firsts;
    readonly T[] _lasts;

    /// <param name="ranges">First and last address of each range, both inside, in any order; they may overlap.</param>
    public AddressRanges(IEnumerable<(T First, T Last)> ranges)
    {
        var merged = new List<(T First, T Last)>();
        foreach (var range in ranges.Order())
        {
            if (merged.Count > 0 && Touches(merged[^1].Last, range.First)) merged[^1] = (merged[^1].First, T.Max(merged[^1].Last, range.Last));
            else merged.Add(range);
        }
        _firsts = [.. merged.Select(range => range.First)];
        _lasts = [.. merged.Select(range => range.Last)];
    }

    /// <summary>Number of ranges after merging.</summary>
    public int Count => _firsts.Length;

    public bool Contains(T address)
    {
        var at = Array.BinarySearch(_firsts, address);
        if (at >= 0) return true;
        var before = ~at - 1;
        return before >= 0 && address <= _lasts[before];
    }

    static bool Touches(T last, T first) => last == T.MaxValue || first <= last + T.One;
}
