using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Weir.Acceptance;

/// <summary>A frame of HTTP/2 (RFC 9113 §4.1).</summary>
sealed record Http2Frame(Http2FrameType Type, byte Flags, int Stream, byte[] Payload)
{
    public const int HeadBytes = 9;
    public const byte EndStream = 1;
    public const byte EndHeaders = 4;
    public const byte Padded = 8;

    static readonly int[] IndexedStatuses = [200, 204, 206, 304, 400, 404, 500];

    /// <summary>Error code of RST_STREAM and GOAWAY.</summary>
    public int Code => BinaryPrimitives.ReadInt32BigEndian(Payload.AsSpan(Type == Http2FrameType.GoAway ? 4 : 0));

    /// <summary>Status of a HEADERS frame of an answer: always its first field, as an index of the static table or in digits.</summary>
    public int Status => Payload[0] is >= 0x88 and <= 0x8e ? IndexedStatuses[Payload[0] - 0x88]
        : int.Parse(Payload.AsSpan(2, 3), NumberStyles.None, CultureInfo.InvariantCulture);

    public byte[] ToBytes()
    {
        var bytes = new byte[HeadBytes + Payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(bytes, Payload.Length << 8);
        (bytes[3], bytes[4]) = ((byte)Type, Flags);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(5), Stream);
        Payload.CopyTo(bytes, HeadBytes);
        return bytes;
    }

    /// <summary>A whole header block, no field of it indexed.</summary>
    public static Http2Frame Headers(int stream, byte flags, params IEnumerable<(string Name, string Value)> fields) =>
        new(Http2FrameType.Headers, flags, stream, Block(fields));

    public static Http2Frame Data(int stream, byte flags, string text) => new(Http2FrameType.Data, flags, stream, Encoding.Latin1.GetBytes(text));

    /// <summary>A frame whose payload is one number of 32 bits: RST_STREAM, WINDOW_UPDATE.</summary>
    public static Http2Frame Number(Http2FrameType type, int stream, uint number)
    {
        var payload = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(payload, number);
        return new Http2Frame(type, 0, stream, payload);
    }

    public static Http2Frame Setting(ushort id, uint value)
    {
        var payload = new byte[6];
        BinaryPrimitives.WriteUInt16BigEndian(payload, id);
        BinaryPrimitives.WriteUInt32BigEndian(payload.AsSpan(2), value);
        return new Http2Frame(Http2FrameType.Settings, 0, 0, payload);
    }

    /// <summary>Fields as literals without indexing (RFC 7541 §6.2.2).</summary>
    public static byte[] Block(params IEnumerable<(string Name, string Value)> fields)
    {
        var block = new List<byte>();
        foreach (var (name, value) in fields)
        {
            block.Add(0);
            AddText(block, name);
            AddText(block, value);
        }
        return [.. block];
    }

    static void AddText(List<byte> block, string text)
    {
        // An integer with a prefix of seven bits (RFC 7541 §5.1).
        if (text.Length < 127)
        {
            block.Add((byte)text.Length);
        }
        else
        {
            block.Add(127);
            var rest = text.Length - 127;
            for (; rest >= 128; rest >>= 7) block.Add((byte)(rest | 128));
            block.Add((byte)rest);
        }
        block.AddRange(Encoding.Latin1.GetBytes(text));
    }
}

enum Http2FrameType : byte { Data, Headers, Priority, RstStream, Settings, PushPromise, Ping, GoAway, WindowUpdate, Continuation }
