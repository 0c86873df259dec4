using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using Weir.Telemetry;

namespace Weir.Control;

/// <summary>
/// Says how far the disk was known to have the journal. Written after each sync and not synced itself: it may lag after a loss of power, never run ahead. With
/// it even damage to the very last records is told from an end that was being written, and a journal that was cut short is found out.
/// </summary>
sealed class HeadFile : IDisposable
{
    const int Bytes = 64;
    const int RevisionAt = 8;
    const int HashAt = 16;
    const int SumAt = 60;

    readonly SafeFileHandle _handle;

    HeadFile(SafeFileHandle handle) => _handle = handle;

    static ReadOnlySpan<byte> Magic => "WEIRHEAD"u8;

    public static HeadFile Open(string folder)
    {
        var handle = File.OpenHandle(Path.Combine(folder, JournalFolder.HeadName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(handle, JournalFolder.FileMode);
        return new HeadFile(handle);
    }

    /// <summary>What a folder's file says; <see cref="JournalHead.None"/> when there is none, or it was being written when the power went.</summary>
    public static JournalHead Read(string folder)
    {
        var path = Path.Combine(folder, JournalFolder.HeadName);
        if (!File.Exists(path)) return JournalHead.None;
        var bytes = new byte[Bytes];
        using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        if (RandomAccess.Read(handle, bytes, 0) != Bytes || !bytes.AsSpan().StartsWith(Magic)) return JournalHead.None;
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(SumAt)) != Crc32C.Of(bytes.AsSpan(0, SumAt))) return JournalHead.None;
        return new JournalHead(BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(RevisionAt)), bytes.AsMemory(HashAt, JournalHead.HashBytes));
    }

    public void Write(JournalHead head)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        bytes.Clear();
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[RevisionAt..], head.Revision);
        head.Hash.Span.CopyTo(bytes[HashAt..]);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[SumAt..], Crc32C.Of(bytes[..SumAt]));
        RandomAccess.Write(_handle, bytes, 0);
    }

    public void Sync() => RandomAccess.FlushToDisk(_handle);

    public void Dispose() => _handle.Dispose();
}
