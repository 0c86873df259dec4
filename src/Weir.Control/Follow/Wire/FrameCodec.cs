using System.Buffers.Binary;
using System.IO.Compression;
using Weir.Telemetry;

namespace Weir.Control;

/// <summary>
/// Frames as bytes: length of what follows the header (4), kind (1), flags (1), zero (2), length once inflated (4), CRC-32C of all that and of the content as
/// sent (4); little-endian. Flag 1: the content is Brotli.
/// </summary>
static class FrameCodec
{
    public const int HeaderBytes = 16;

    const int KindAt = 4;
    const int FlagsAt = 5;
    const int InflatedAt = 8;
    const int SumAt = 12;
    const byte Compressed = 1;

    /// <summary>Below this, compressing costs more than it saves.</summary>
    const int CompressFrom = 256;

    /// <summary>Speed counts: a change waits for it.</summary>
    const int Quality = 1;
    const int Window = 22;

    public static byte[] Encode(FrameKind kind, ReadOnlySpan<byte> content)
    {
        if (content.Length >= CompressFrom)
        {
            var buffer = new byte[HeaderBytes + BrotliEncoder.GetMaxCompressedLength(content.Length)];
            if (BrotliEncoder.TryCompress(content, buffer.AsSpan(HeaderBytes), out var written, Quality, Window) && written < content.Length)
                return Finish(buffer.AsSpan(0, HeaderBytes + written), kind, Compressed, content.Length);
        }
        var plain = new byte[HeaderBytes + content.Length];
        content.CopyTo(plain.AsSpan(HeaderBytes));
        return Finish(plain, kind, 0, content.Length);
    }

    /// <summary>Length of the content as sent, from a header.</summary>
    public static int LengthOf(ReadOnlySpan<byte> header) => BinaryPrimitives.ReadInt32LittleEndian(header);

    /// <summary>Checks and inflates.</summary>
    /// <param name="frame">Header and content as sent.</param>
    /// <param name="limits">How long it may be.</param>
    /// <exception cref="StreamBrokenException">It is damaged or too long.</exception>
    public static Frame Decode(ReadOnlySpan<byte> frame, FollowLimits limits)
    {
        var header = frame[..HeaderBytes];
        var content = frame[HeaderBytes..];
        if (BinaryPrimitives.ReadUInt32LittleEndian(header[SumAt..]) != Crc32C.Append(Crc32C.Of(header[..SumAt]), content))
            throw new StreamBrokenException("a frame's checksum is wrong");
        var inflated = BinaryPrimitives.ReadInt32LittleEndian(header[InflatedAt..]);
        if (inflated < 0 || inflated > limits.ContentBytesMax)
            throw new StreamBrokenException($"a frame has {inflated} bytes of content; the limit is {limits.ContentBytesMax}");
        var kind = (FrameKind)header[KindAt];
        var bytes = new byte[inflated];
        if ((header[FlagsAt] & Compressed) != 0)
        {
            if (!BrotliDecoder.TryDecompress(content, bytes, out var written) || written != inflated)
                throw new StreamBrokenException("a frame cannot be inflated");
        }
        else if (content.Length != inflated) throw new StreamBrokenException("a frame's lengths contradict each other");
        else content.CopyTo(bytes);
        return new Frame(kind, bytes);
    }

    static byte[] Finish(Span<byte> frame, FrameKind kind, byte flags, int inflated)
    {
        BinaryPrimitives.WriteInt32LittleEndian(frame, frame.Length - HeaderBytes);
        frame[KindAt] = (byte)kind;
        frame[FlagsAt] = flags;
        BinaryPrimitives.WriteInt32LittleEndian(frame[InflatedAt..], inflated);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[SumAt..], Crc32C.Append(Crc32C.Of(frame[..SumAt]), frame[HeaderBytes..]));
        return frame.ToArray();
    }
}
