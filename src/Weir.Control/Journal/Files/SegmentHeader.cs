using System.Buffers.Binary;
using Weir.Telemetry;

namespace Weir.Control;

/// <summary>
/// The first 64 bytes of a segment, little-endian: <c>WEIRJRNL</c>, the version (4), 4 bytes 0, the first revision (8), the hash of the payload before it (32),
/// 4 bytes 0, the CRC-32C of all that (4). The hash lets the chain be proved from here where older segments are archived elsewhere.
/// </summary>
readonly record struct SegmentHeader(long First, ReadOnlyMemory<byte> Previous)
{
    public const int Bytes = 64;
    public const uint Version = 1;

    const int VersionAt = 8;
    const int FirstAt = 16;
    const int PreviousAt = 24;
    const int SumAt = 60;

    static ReadOnlySpan<byte> Magic => "WEIRJRNL"u8;

    /// <summary>What comes before the segment.</summary>
    public JournalHead Start => new(First - 1, Previous);

    public byte[] Write()
    {
        var bytes = new byte[Bytes];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(VersionAt), Version);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(FirstAt), First);
        Previous.Span.CopyTo(bytes.AsSpan(PreviousAt));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(SumAt), Crc32C.Of(bytes.AsSpan(0, SumAt)));
        return bytes;
    }

    /// <summary>Reads a header; null when it is damaged, or was not written to its end.</summary>
    /// <exception cref="JournalUnusableException">It is whole and of a newer version.</exception>
    public static SegmentHeader? Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Bytes || !bytes.StartsWith(Magic)) return null;
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[SumAt..]) != Crc32C.Of(bytes[..SumAt])) return null;
        var version = BinaryPrimitives.ReadUInt32LittleEndian(bytes[VersionAt..]);
        if (version != Version) throw new JournalUnusableException($"the journal has form {version}, this program knows form {Version}");
        var first = BinaryPrimitives.ReadInt64LittleEndian(bytes[FirstAt..]);
        return new SegmentHeader(first, bytes.Slice(PreviousAt, JournalHead.HashBytes).ToArray());
    }
}
