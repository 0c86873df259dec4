using System.Buffers.Binary;
using Weir.Telemetry;

namespace Weir.Control;

/// <summary>
/// The 32 bytes before each stored payload, little-endian: <c>WJR1</c>, the payload's length as stored (4), its revision (8), the last revision that the disk
/// was known to have when this was written (8), the key that sealed it (4), the CRC-32C of all that and of the payload (4).
/// </summary>
/// <param name="Length">Bytes of the payload as stored.</param>
/// <param name="Revision">Its revision.</param>
/// <param name="Durable">Proves that everything up to here was there for good: damage there is no torn end.</param>
/// <param name="Key">The key that sealed the payload; <see cref="Keyring.NoKey"/> for none.</param>
/// <param name="Sum">CRC-32C.</param>
readonly record struct FrameHeader(int Length, long Revision, long Durable, uint Key, uint Sum)
{
    public const int Bytes = 32;

    /// <summary>Longest payload, as stored.</summary>
    public const int PayloadBytesMax = 1 << 30;

    const int LengthAt = 4;
    const int RevisionAt = 8;
    const int DurableAt = 16;
    const int KeyAt = 24;
    const int SumAt = 28;

    public static ReadOnlySpan<byte> Magic => "WJR1"u8;

    /// <summary>Writes the header of a payload.</summary>
    public static void Write(Span<byte> into, long revision, long durable, uint key, ReadOnlySpan<byte> payload)
    {
        Magic.CopyTo(into);
        BinaryPrimitives.WriteInt32LittleEndian(into[LengthAt..], payload.Length);
        BinaryPrimitives.WriteInt64LittleEndian(into[RevisionAt..], revision);
        BinaryPrimitives.WriteInt64LittleEndian(into[DurableAt..], durable);
        BinaryPrimitives.WriteUInt32LittleEndian(into[KeyAt..], key);
        BinaryPrimitives.WriteUInt32LittleEndian(into[SumAt..], Crc32C.Append(Crc32C.Of(into[..SumAt]), payload));
    }

    /// <summary>Reads what may be a header: only the sum over the payload tells.</summary>
    public static FrameHeader? Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Bytes || !bytes.StartsWith(Magic)) return null;
        var length = BinaryPrimitives.ReadInt32LittleEndian(bytes[LengthAt..]);
        if (length is < 0 or > PayloadBytesMax) return null;
        return new FrameHeader(
            length, BinaryPrimitives.ReadInt64LittleEndian(bytes[RevisionAt..]), BinaryPrimitives.ReadInt64LittleEndian(bytes[DurableAt..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[KeyAt..]), BinaryPrimitives.ReadUInt32LittleEndian(bytes[SumAt..]));
    }

    /// <summary>Whether header and payload are what was written.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload) =>
        BinaryPrimitives.ReadUInt32LittleEndian(header[SumAt..]) == Crc32C.Append(Crc32C.Of(header[..SumAt]), payload);
}
