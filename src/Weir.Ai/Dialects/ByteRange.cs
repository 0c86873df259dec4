namespace Weir.Ai;

/// <summary>A place in a body. Empty: nowhere.</summary>
/// <param name="Start">Offset of its first byte.</param>
/// <param name="Length">Number of bytes.</param>
readonly record struct ByteRange(int Start, int Length)
{
    public bool IsEmpty => Length == 0;

    public int End => Start + Length;
}
