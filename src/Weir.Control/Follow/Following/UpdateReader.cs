namespace Weir.Control;

/// <summary>Gathers the frames of updates into states. Nothing of an update counts before its end has come and everything in it is as it says.</summary>
sealed class UpdateReader(Followed have, FollowLimits limits)
{
    readonly List<EntityRow> _rows = [];
    long _bytes;

    /// <summary>The state after the last whole update.</summary>
    public Followed Have { get; private set; } = have;

    /// <summary>Takes entities.</summary>
    public void Add(ReadOnlyMemory<byte> part)
    {
        _bytes += part.Length;
        if (_bytes > limits.UpdateBytesMax) throw new StreamBrokenException($"an update has more than {limits.UpdateBytesMax} bytes");
        _rows.AddRange(EntityRow.ReadAll(part));
    }

    /// <summary>Ends an update.</summary>
    public Followed End(FollowCommit commit)
    {
        Have = Have.With(_rows, commit);
        _rows.Clear();
        _rows.TrimExcess();
        _bytes = 0;
        return Have;
    }
}
