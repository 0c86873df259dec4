using System.Buffers;

namespace Weir.Telemetry;

/// <summary>A buffer that is used for one line after the other and keeps its size.</summary>
sealed class LineBuffer : IBufferWriter<byte>
{
    const int FirstBytes = 1024;

    /// <summary>A longer line does not keep its memory for the rest of the thread's life.</summary>
    const int KeptBytesMax = 64 * 1024;

    byte[] _bytes = new byte[FirstBytes];
    int _length;

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    public void Clear()
    {
        _length = 0;
        if (_bytes.Length > KeptBytesMax) _bytes = new byte[FirstBytes];
    }

    public void Advance(int count) => _length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Ensure(sizeHint);
        return _bytes.AsMemory(_length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Ensure(sizeHint);
        return _bytes.AsSpan(_length);
    }

    public void Add(byte value)
    {
        Ensure(1);
        _bytes[_length++] = value;
    }

    public void Add(ReadOnlySpan<byte> bytes)
    {
        Ensure(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(_length));
        _length += bytes.Length;
    }

    void Ensure(int more)
    {
        var length = _length + Math.Max(more, 1);
        if (length > _bytes.Length) Array.Resize(ref _bytes, Math.Max(length, _bytes.Length * 2));
    }
}
