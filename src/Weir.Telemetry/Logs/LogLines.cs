namespace Weir.Telemetry;

/// <summary>
/// Lines that wait to be written, back to back in one buffer that the writer swaps for an empty one. Adding a line copies it under a lock that is held for
/// that copy only: the lines keep their order, and no line is an object of its own.
/// </summary>
sealed class LogLines(int bytesMax)
{
    const int FirstBytes = 16 * 1024;

    readonly Lock _lock = new();
    byte[] _filling = [];
    byte[] _spare = [];
    int _length;
    int _count;

    /// <summary>Adds a line; says whether it was the first, and whether the buffer is now more than half full.</summary>
    public Added TryAdd(ReadOnlySpan<byte> line)
    {
        lock (_lock)
        {
            var length = _length + line.Length;
            if (length > bytesMax) return Added.Dropped;
            if (length > _filling.Length) Grow(length);
            line.CopyTo(_filling.AsSpan(_length));
            var half = bytesMax / 2;
            var crossed = _length <= half && length > half;
            _length = length;
            return ++_count == 1 ? Added.First : crossed ? Added.HalfFull : Added.Waiting;
        }
    }

    /// <summary>Takes all lines. They are valid until the next call.</summary>
    public ReadOnlyMemory<byte> Take(out int count)
    {
        lock (_lock)
        {
            (_filling, _spare) = (_spare, _filling);
            var taken = _spare.AsMemory(0, _length);
            count = _count;
            (_length, _count) = (0, 0);
            return taken;
        }
    }

    void Grow(int lengthMin)
    {
        var bytes = Math.Max(FirstBytes, _filling.Length);
        while (bytes < lengthMin) bytes *= 2;
        Array.Resize(ref _filling, Math.Min(bytes, bytesMax));
    }
}

/// <summary>What became of a line.</summary>
enum Added
{
    /// <summary>There was no room.</summary>
    Dropped,

    /// <summary>It waits with others.</summary>
    Waiting,

    /// <summary>It is the first that waits: the writer must wake.</summary>
    First,

    /// <summary>It filled the buffer to more than half: the writer must hurry.</summary>
    HalfFull,
}
