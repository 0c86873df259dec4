using System.Buffers.Binary;
using Weir.Telemetry;

namespace Weir.Control;

/// <summary>What a backup says of itself at its end.</summary>
/// <param name="Records">How many transactions it has.</param>
/// <param name="Head">The last of them.</param>
/// <param name="IsSealed">Whether a keyring sealed them.</param>
readonly record struct BackupSummary(long Records, JournalHead Head, bool IsSealed);

/// <summary>
/// The form of a backup: one file, little-endian. At its start <c>WEIRBKUP</c>, the version (4), the key that sealed it (4), 0 up to the CRC-32C of that (4 at
/// 60). Then every transaction from the first on, framed as in a segment (<see cref="FrameHeader"/>). At its end <c>WEIRBEND</c>, how many there are (8), the
/// last one's revision (8) and hash (32), and the SHA-256 of everything before it (32).
/// </summary>
static class BackupForm
{
    public const int Version = 1;
    public const int HeadBytes = 64;
    public const int EndBytes = EndSumAt + JournalHead.HashBytes;
    public const int EndSumAt = 56;

    const int VersionAt = 8;
    const int KeyAt = 12;
    const int HeadSumAt = 60;
    const int EndRecordsAt = 8;
    const int EndRevisionAt = 16;
    const int EndHashAt = 24;

    public static ReadOnlySpan<byte> EndMagic => "WEIRBEND"u8;

    static ReadOnlySpan<byte> HeadMagic => "WEIRBKUP"u8;

    public static byte[] WriteHead(uint key)
    {
        var bytes = new byte[HeadBytes];
        HeadMagic.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(VersionAt), Version);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(KeyAt), key);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(HeadSumAt), Crc32C.Of(bytes.AsSpan(0, HeadSumAt)));
        return bytes;
    }

    /// <summary>The key that sealed the backup.</summary>
    /// <exception cref="FormatException">It is no backup, or of another version.</exception>
    public static uint ReadHead(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeadBytes || !bytes.StartsWith(HeadMagic)) throw new FormatException("it is no backup of a journal");
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[HeadSumAt..]) != Crc32C.Of(bytes[..HeadSumAt])) throw new FormatException("its head is damaged");
        var version = BinaryPrimitives.ReadInt32LittleEndian(bytes[VersionAt..]);
        if (version != Version) throw new FormatException($"it has form {version}, and this program reads form {Version}");
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes[KeyAt..]);
    }

    /// <summary>Without the sum.</summary>
    public static byte[] WriteEnd(long records, JournalHead head)
    {
        var bytes = new byte[EndBytes];
        EndMagic.CopyTo(bytes);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(EndRecordsAt), records);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(EndRevisionAt), head.Revision);
        head.Hash.Span.CopyTo(bytes.AsSpan(EndHashAt));
        return bytes;
    }

    public static (long Records, JournalHead Head) ReadEnd(byte[] bytes)
    {
        var head = new JournalHead(
            BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(EndRevisionAt)), bytes.AsMemory(EndHashAt, JournalHead.HashBytes));
        return (BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(EndRecordsAt)), head);
    }
}
