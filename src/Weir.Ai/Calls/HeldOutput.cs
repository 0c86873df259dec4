using System.Buffers;

namespace Weir.Ai;

/// <summary>Keeps what is written until it is known where it goes; from then on passes it on.</summary>
sealed class HeldOutput : IBufferWriter<byte>
{
    ArrayBufferWriter<byte>? _held = new();
    IBufferWriter<byte>? _open;

    /// <summary>Bytes kept.</summary>
    public int HeldBytes => _held?.WrittenCount ?? 0;

    /// <summary>What is kept.</summary>
    public ReadOnlyMemory<byte> Held => _held?.WrittenMemory ?? default;

    /// <summary>What was kept goes to <paramref name="output"/>, and everything after it.</summary>
    public void Open(IBufferWriter<byte> output)
    {
        if (_held is { } held) output.Write(held.WrittenSpan);
        _held = null;
        _open = output;
    }

    public void Advance(int count) => (_open ?? _held!).Advance(count);

    public Memory<byte> GetMemory(int sizeHint = 0) => (_open ?? _held!).GetMemory(sizeHint);

    public Span<byte> GetSpan(int sizeHint = 0) => (_open ?? _held!).GetSpan(sizeHint);
}
