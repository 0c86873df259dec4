using System.Buffers.Binary;
using System.Text;

namespace Weir.Gateway;

/// <summary>
/// Strings of header names and values that repeat from response to response, so that passing them to Kestrel allocates nothing. Direct-mapped and
/// bounded: a value that does not repeat replaces another and costs no more than its own string. Threads may share it without a lock, since a slot is one
/// reference to an immutable string.
/// </summary>
sealed class InternTable
{
    /// <summary>Longer texts rarely repeat and are not kept.</summary>
    public const int TextBytesMax = 128;

    const int Slots = 512;

    readonly string?[] _slots = new string?[Slots];

    public string Get(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty) return "";
        if (text.Length > TextBytesMax) return Encoding.Latin1.GetString(text);
        ref var slot = ref _slots[Slot(text)];
        var kept = slot;
        // Ascii.Equals is false for any byte over 0x7F: such texts are decoded anew each time.
        if (kept is not null && kept.Length == text.Length && Ascii.Equals(text, kept)) return kept;
        return slot = Encoding.Latin1.GetString(text);
    }

    static int Slot(ReadOnlySpan<byte> text)
    {
        ulong mix;
        if (text.Length >= sizeof(ulong))
        {
            mix = BinaryPrimitives.ReadUInt64LittleEndian(text) * 0x9E3779B97F4A7C15 ^ BinaryPrimitives.ReadUInt64LittleEndian(text[^sizeof(ulong)..]);
        }
        else
        {
            mix = 0;
            foreach (var b in text) mix = mix << 8 | b;
        }
        mix = (mix + (ulong)text.Length) * 0xD6E8FEB86659FD93;
        return (int)(mix >> 55);
    }
}
