using System.Buffers.Binary;
using System.Text;

namespace Weir.Acceptance;

/// <summary>Reads the protobuf of OTLP without its schemas: the fields of a message by their numbers.</summary>
static class Protobuf
{
    const int Varint = 0;
    const int Fixed64 = 1;
    const int Bytes = 2;

    /// <summary>The messages in a field.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Messages(ReadOnlyMemory<byte> message, int field) =>
        Fields(message).Where(found => found.Number == field && found.Wire == Bytes).Select(static found => found.Payload);

    /// <summary>The messages at the end of a path of fields.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> At(ReadOnlyMemory<byte> message, params int[] path) =>
        path.Aggregate<int, IEnumerable<ReadOnlyMemory<byte>>>([message], static (found, field) => found.SelectMany(each => Messages(each, field)));

    public static string Text(ReadOnlyMemory<byte> message, int field) =>
        Encoding.UTF8.GetString(Messages(message, field).FirstOrDefault().Span);

    public static string Hex(ReadOnlyMemory<byte> message, int field) => Convert.ToHexStringLower(Messages(message, field).FirstOrDefault().Span);

    /// <summary>OTLP's KeyValue list in a field: keys and values as text.</summary>
    public static Dictionary<string, string> Attributes(ReadOnlyMemory<byte> message, int field) =>
        Messages(message, field).ToDictionary(static pair => Text(pair, 1), static pair => Value(Messages(pair, 2).First()));

    /// <summary>OTLP's AnyValue.</summary>
    static string Value(ReadOnlyMemory<byte> value)
    {
        var (number, _, payload, integer) = Fields(value).First();
        return number switch
        {
            1 => Encoding.UTF8.GetString(payload.Span),
            3 => ((long)integer).ToString(System.Globalization.CultureInfo.InvariantCulture),
            4 => BitConverter.UInt64BitsToDouble(integer).ToString(System.Globalization.CultureInfo.InvariantCulture),
            5 => string.Join(',', Messages(payload, 1).Select(Value)),
            _ => integer != 0 ? "true" : "false",
        };
    }

    static IEnumerable<(int Number, int Wire, ReadOnlyMemory<byte> Payload, ulong Integer)> Fields(ReadOnlyMemory<byte> message)
    {
        while (!message.IsEmpty)
        {
            var tag = Read(ref message);
            var (number, wire) = ((int)(tag >> 3), (int)(tag & 7));
            var integer = wire == Varint || wire == Bytes ? Read(ref message) : 0;
            var length = wire switch { Varint => 0, Bytes => (int)integer, Fixed64 => 8, _ => 4 };
            var payload = message[..length];
            message = message[length..];
            if (wire == Fixed64) integer = BinaryPrimitives.ReadUInt64LittleEndian(payload.Span);
            yield return (number, wire, payload, integer);
        }
    }

    static ulong Read(ref ReadOnlyMemory<byte> from)
    {
        var value = 0UL;
        var at = 0;
        byte next;
        do
        {
            next = from.Span[at];
            value |= (ulong)(next & 0x7f) << (7 * at++);
        }
        while (next >= 0x80);
        from = from[at..];
        return value;
    }
}
