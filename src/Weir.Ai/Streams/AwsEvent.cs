using System.Buffers.Binary;
using System.Text;

namespace Weir.Ai;

/// <summary>One message of an AWS event stream: headers and a payload. Valid until the reader is asked for the next.</summary>
readonly ref struct AwsEvent(ReadOnlySpan<byte> headers, ReadOnlySpan<byte> payload)
{
    readonly ReadOnlySpan<byte> _headers = headers;

    public ReadOnlySpan<byte> Payload { get; } = payload;

    public AwsHeaders Headers => new(_headers);

    /// <summary>The value of a string header; empty when it is not there.</summary>
    public ReadOnlySpan<byte> Text(ReadOnlySpan<byte> name)
    {
        foreach (var header in Headers)
            if (header.Type == AwsHeaderType.Text && header.Name.SequenceEqual(name)) return header.Value;
        return default;
    }
}

/// <summary>Types of header values, with their numbers on the wire.</summary>
enum AwsHeaderType : byte
{
    True = 0,
    False = 1,
    Byte = 2,
    Int16 = 3,
    Int32 = 4,
    Int64 = 5,
    Bytes = 6,
    Text = 7,

    /// <summary>Milliseconds since 1970.</summary>
    Timestamp = 8,
    Uuid = 9,
}

/// <summary>One header. The value is in the wire's form: numbers in network order, texts in UTF-8.</summary>
readonly ref struct AwsHeader(ReadOnlySpan<byte> name, AwsHeaderType type, ReadOnlySpan<byte> value)
{
    public ReadOnlySpan<byte> Name { get; } = name;

    public AwsHeaderType Type { get; } = type;

    public ReadOnlySpan<byte> Value { get; } = value;

    public override string ToString() => $"{Encoding.UTF8.GetString(Name)}:{Type}={Convert.ToHexString(Value)}";
}

/// <summary>Goes through the headers of one message, which were checked before.</summary>
ref struct AwsHeaders(ReadOnlySpan<byte> bytes)
{
    ReadOnlySpan<byte> _rest = bytes;
    AwsHeader _current;

    public readonly AwsHeader Current => _current;

    public readonly AwsHeaders GetEnumerator() => this;

    public bool MoveNext() => _rest.Length > 0 && TryRead(_rest, out _current, out _rest);

    /// <summary>Whether all bytes are headers.</summary>
    public static bool AreValid(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
            if (!TryRead(bytes, out _, out bytes)) return false;
        return true;
    }

    static bool TryRead(ReadOnlySpan<byte> bytes, out AwsHeader header, out ReadOnlySpan<byte> after)
    {
        header = default;
        after = default;
        var nameLength = bytes[0];
        if (nameLength == 0 || bytes.Length < nameLength + 2) return false;
        var name = bytes.Slice(1, nameLength);
        var type = (AwsHeaderType)bytes[1 + nameLength];
        var rest = bytes[(nameLength + 2)..];
        var prefix = type is AwsHeaderType.Bytes or AwsHeaderType.Text ? 2 : 0;
        if (rest.Length < prefix) return false;
        var length = prefix == 0 ? LengthOf(type) : BinaryPrimitives.ReadUInt16BigEndian(rest);
        if (length < 0 || rest.Length < prefix + length) return false;
        header = new AwsHeader(name, type, rest.Slice(prefix, length));
        after = rest[(prefix + length)..];
        return true;
    }

    static int LengthOf(AwsHeaderType type) => type switch
    {
        AwsHeaderType.True or AwsHeaderType.False => 0,
        AwsHeaderType.Byte => 1,
        AwsHeaderType.Int16 => 2,
        AwsHeaderType.Int32 => 4,
        AwsHeaderType.Int64 or AwsHeaderType.Timestamp => 8,
        AwsHeaderType.Uuid => 16,
        _ => -1,
    };
}
