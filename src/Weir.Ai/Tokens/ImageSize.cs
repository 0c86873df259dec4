using System.Buffers.Binary;

namespace Weir.Ai;

/// <summary>Width and height of an image, read off the head of PNG, GIF, WebP and JPEG.</summary>
static class ImageSize
{
    /// <summary>Bytes of the image that are looked at; the frame of a JPEG stands behind its metadata.</summary>
    const int HeadBytesMax = 64 * 1024;

    /// <summary>Size of an image in base64; null for what is none of these, or damaged.</summary>
    public static (int Width, int Height)? OfBase64(string base64)
    {
        var chars = Math.Min(base64.Length, HeadBytesMax / 3 * 4) & ~3;
        var head = new byte[chars / 4 * 3];
        return Convert.TryFromBase64Chars(base64.AsSpan(0, chars), head, out var length) ? Of(head.AsSpan(0, length)) : null;
    }

    /// <summary>Size of an image by its first bytes.</summary>
    public static (int Width, int Height)? Of(ReadOnlySpan<byte> head)
    {
        if (head.Length >= 24 && IsPng(head))
            return Known(BinaryPrimitives.ReadInt32BigEndian(head[16..]), BinaryPrimitives.ReadInt32BigEndian(head[20..]));
        if (head.Length >= 10 && head.StartsWith("GIF8"u8))
            return Known(BinaryPrimitives.ReadUInt16LittleEndian(head[6..]), BinaryPrimitives.ReadUInt16LittleEndian(head[8..]));
        if (head.Length >= 30 && head.StartsWith("RIFF"u8) && head[8..].StartsWith("WEBP"u8)) return OfWebP(head);
        return head.StartsWith((ReadOnlySpan<byte>)[0xff, 0xd8]) ? OfJpeg(head) : null;
    }

    static bool IsPng(ReadOnlySpan<byte> head) => head.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G']);

    static (int, int)? OfWebP(ReadOnlySpan<byte> head)
    {
        var kind = head[12..16];
        if (kind.SequenceEqual("VP8X"u8)) return Known(1 + Int24(head[24..]), 1 + Int24(head[27..]));
        if (kind.SequenceEqual("VP8 "u8))
            return Known(BinaryPrimitives.ReadUInt16LittleEndian(head[26..]) & 0x3fff, BinaryPrimitives.ReadUInt16LittleEndian(head[28..]) & 0x3fff);
        if (!kind.SequenceEqual("VP8L"u8)) return null;
        var bits = BinaryPrimitives.ReadUInt32LittleEndian(head[21..]);
        return Known(1 + (int)(bits & 0x3fff), 1 + (int)((bits >> 14) & 0x3fff));
    }

    // Segments follow each other; the first that begins a frame (SOF0 to SOF15 without the tables among them) has the size.
    static (int, int)? OfJpeg(ReadOnlySpan<byte> head)
    {
        var at = 2;
        while (at + 9 <= head.Length && head[at] == 0xff)
        {
            var marker = head[at + 1];
            if (marker is >= 0xc0 and <= 0xcf and not (0xc4 or 0xc8 or 0xcc))
                return Known(BinaryPrimitives.ReadUInt16BigEndian(head[(at + 7)..]), BinaryPrimitives.ReadUInt16BigEndian(head[(at + 5)..]));
            at += 2 + BinaryPrimitives.ReadUInt16BigEndian(head[(at + 2)..]);
        }
        return null;
    }

    static int Int24(ReadOnlySpan<byte> bytes) => bytes[0] | (bytes[1] << 8) | (bytes[2] << 16);

    static (int, int)? Known(int width, int height) => width > 0 && height > 0 ? (width, height) : null;
}
