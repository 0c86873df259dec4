namespace Weir.Control;

/// <summary>Where some of the records stand, so that reading from a revision does not begin at the start of its segment.</summary>
sealed class SegmentPlaces
{
    /// <summary>At least so far from one remembered place to the next.</summary>
    const int StrideBytes = 256 * 1024;

    readonly Dictionary<long, List<(long Revision, long Offset)>> _bySegment = [];
    readonly Lock _lock = new();

    public void Note(long segment, long revision, long offset)
    {
        lock (_lock)
        {
            if (!_bySegment.TryGetValue(segment, out var places)) _bySegment[segment] = places = [];
            if (places.Count == 0 || (revision > places[^1].Revision && offset - places[^1].Offset >= StrideBytes)) places.Add((revision, offset));
        }
    }

    /// <summary>The last remembered record of a segment that is not after a revision.</summary>
    public long? OffsetOf(long segment, long revision)
    {
        lock (_lock)
        {
            if (!_bySegment.TryGetValue(segment, out var places)) return null;
            var index = places.FindLastIndex(place => place.Revision <= revision);
            return index < 0 ? null : places[index].Offset;
        }
    }

    /// <summary>Forgets a segment that was cut or is gone.</summary>
    public void Forget(long segment)
    {
        lock (_lock) _bySegment.Remove(segment);
    }
}
