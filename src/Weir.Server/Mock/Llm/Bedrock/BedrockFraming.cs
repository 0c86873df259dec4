using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Weir.Server;

/// <summary>
/// application/vnd.amazon.eventstream: per message its length, the length of its headers, a CRC of these two, headers, payload, a CRC of all before.
/// Numbers are big-endian; a header is its name, type 7 (text) and its value.
/// </summary>
sealed class BedrockFraming : MockFraming
{
    /// <summary>Names of events that start so are exceptions.</summary>
    public const string ExceptionStart = "!";

    const int PreludeBytes = 12;
    const int TrailerBytes = 4;
    const byte TextType = 7;

    public static readonly BedrockFraming Instance = new();

    static readonly uint[] s_crc = MakeCrc();

    public override string ContentType => "application/vnd.amazon.eventstream";

    public override void Write(IBufferWriter<byte> to, MockEvent next) => Write(to, next.Name!, MockJson.Bytes(next.Payload!));

    public override void WriteBroken(IBufferWriter<byte> to, MockEvent next)
    {
        var bytes = MockJson.Bytes(next.Payload!);
        Write(to, next.Name!, bytes.AsSpan(0, bytes.Length / 2));
    }

    static void Write(IBufferWriter<byte> to, string name, ReadOnlySpan<byte> payload)
    {
        var isException = name.StartsWith(ExceptionStart, StringComparison.Ordinal);
        var headers = new ArrayBufferWriter<byte>(128);
        AddHeader(headers, isException ? ":exception-type" : ":event-type", isException ? name[ExceptionStart.Length..] : name);
        AddHeader(headers, ":content-type", "application/json");
        AddHeader(headers, ":message-type", isException ? "exception" : "event");
        var length = PreludeBytes + headers.WrittenCount + payload.Length + TrailerBytes;
        var frame = to.GetSpan(length)[..length];
        BinaryPrimitives.WriteInt32BigEndian(frame, length);
        BinaryPrimitives.WriteInt32BigEndian(frame[4..], headers.WrittenCount);
        BinaryPrimitives.WriteUInt32BigEndian(frame[8..], Crc(frame[..8]));
        headers.WrittenSpan.CopyTo(frame[PreludeBytes..]);
        payload.CopyTo(frame[(PreludeBytes + headers.WrittenCount)..]);
        BinaryPrimitives.WriteUInt32BigEndian(frame[^TrailerBytes..], Crc(frame[..^TrailerBytes]));
        to.Advance(length);
    }

    static void AddHeader(ArrayBufferWriter<byte> to, string name, string value)
    {
        to.Write([(byte)name.Length]);
        to.Write(Encoding.ASCII.GetBytes(name));
        to.Write([TextType, (byte)(value.Length >> 8), (byte)value.Length]);
        to.Write(Encoding.ASCII.GetBytes(value));
    }

    /// <summary>CRC-32 (ISO 3309).</summary>
    static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes) crc = s_crc[(byte)(crc ^ value)] ^ (crc >> 8);
        return ~crc;
    }

    static uint[] MakeCrc()
    {
        var table = new uint[256];
        for (var i = 0u; i < table.Length; i++)
        {
            var value = i;
            for (var bit = 0; bit < 8; bit++) value = (value & 1) != 0 ? (value >> 1) ^ 0xEDB88320 : value >> 1;
            table[i] = value;
        }
        return table;
    }
}
