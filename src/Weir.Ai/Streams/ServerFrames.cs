using System.Buffers.Binary;
using System.Text;

namespace Weir.Ai;

/// <summary>Frames of a WebSocket as a server writes them: whole and unmasked (RFC 6455 section 5.2).</summary>
static class ServerFrames
{
    /// <summary>The client broke a rule of the server's (RFC 6455 section 7.4.1).</summary>
    public const int PolicyViolation = 1008;

    const int ShortMax = 125;
    const byte LongLength = 126;
    const byte FinalText = 0x81;
    const byte FinalClose = 0x88;

    public static byte[] Text(ReadOnlySpan<byte> utf8) => Frame(FinalText, utf8);

    /// <summary>A close with its code and a reason, which is cut where it is too long for a control frame.</summary>
    public static byte[] Close(int code, string reason)
    {
        Span<byte> payload = stackalloc byte[ShortMax];
        BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)code);
        Encoding.UTF8.GetEncoder().Convert(reason, payload[2..], flush: true, out _, out var count, out _);
        return Frame(FinalClose, payload[..(2 + count)]);
    }

    static byte[] Frame(byte first, ReadOnlySpan<byte> payload)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(payload.Length, ushort.MaxValue, nameof(payload));
        if (payload.Length <= ShortMax) return [first, (byte)payload.Length, .. payload];
        Span<byte> length = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)payload.Length);
        return [first, LongLength, .. length, .. payload];
    }
}
