using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Weir.Control;

/// <summary>
/// The first 96 bytes of a snapshot's file, little-endian: <c>WEIRSNAP</c>, the version (4), the key that sealed it (4), the revision (8), the hash of that
/// revision's payload (32), 8 bytes 0, the SHA-256 of these and of the content behind them (32).
/// </summary>
readonly record struct SnapshotHeader(uint Key, JournalHead Head)
{
    public const int Bytes = SumAt + JournalHead.HashBytes;
    public const int SumAt = 64;
    public const uint Version = 1;

    const int VersionAt = 8;
    const int KeyAt = 12;
    const int RevisionAt = 16;
    const int HashAt = 24;

    static ReadOnlySpan<byte> Magic => "WEIRSNAP"u8;

    /// <summary>Without the sum.</summary>
    public byte[] Write()
    {
        var bytes = new byte[Bytes];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(VersionAt), Version);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(KeyAt), Key);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(RevisionAt), Head.Revision);
        Head.Hash.Span.CopyTo(bytes.AsSpan(HashAt));
        return bytes;
    }

    /// <summary>Reads the header of a file and proves the file; null when it is damaged or of another version. The stream is left behind the header.</summary>
    public static SnapshotHeader? ReadProved(Stream file)
    {
        var bytes = new byte[Bytes];
        file.Position = 0;
        if (file.ReadAtLeast(bytes, Bytes, throwOnEndOfStream: false) < Bytes || !bytes.AsSpan().StartsWith(Magic)) return null;
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(VersionAt)) != Version) return null;
        if (!SumOf(bytes, file).AsSpan().SequenceEqual(bytes.AsSpan(SumAt))) return null;
        file.Position = Bytes;
        var head = new JournalHead(BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(RevisionAt)), bytes.AsMemory(HashAt, JournalHead.HashBytes));
        return new SnapshotHeader(BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(KeyAt)), head);
    }

    /// <summary>The sum of a header and of what follows in a file.</summary>
    public static byte[] SumOf(ReadOnlySpan<byte> header, Stream file)
    {
        using var sum = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        sum.AppendData(header[..SumAt]);
        file.Position = Bytes;
        var buffer = new byte[128 * 1024];
        int read;
        while ((read = file.Read(buffer)) > 0) sum.AppendData(buffer, 0, read);
        return sum.GetHashAndReset();
    }
}
