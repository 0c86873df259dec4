using System.Buffers;
using System.Buffers.Binary;

namespace Weir.Ai;

/// <summary>Writes messages of an AWS event stream.</summary>
sealed class AwsEventStreamWriter(IBufferWriter<byte> output)
{
    readonly ArrayBufferWriter<byte> _headers = new();

    /// <summary>Adds a header to the next message.</summary>
    public void Header(ReadOnlySpan<byte> name, AwsHeaderType type, ReadOnlySpan<byte> value)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(name.Length, byte.MaxValue);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value.Length, ushort.MaxValue);
        _headers.Write([(byte)name.Length]);
        _headers.Write(name);
        _headers.Write([(byte)type]);
        if (type is AwsHeaderType.Bytes or AwsHeaderType.Text)
        {
            BinaryPrimitives.WriteUInt16BigEndian(_headers.GetSpan(2), (ushort)value.Length);
            _headers.Advance(2);
        }
        _headers.Write(value);
    }

    public void Header(ReadOnlySpan<byte> name, ReadOnlySpan<byte> text) => Header(name, AwsHeaderType.Text, text);

    /// <summary>Writes a message of the headers that were added and a payload.</summary>
    public void Message(ReadOnlySpan<byte> payload)
    {
        var headers = _headers.WrittenSpan;
        var length = 12 + headers.Length + payload.Length + 4;
        var message = output.GetSpan(length)[..length];
        BinaryPrimitives.WriteInt32BigEndian(message, length);
        BinaryPrimitives.WriteInt32BigEndian(message[4..], headers.Length);
        BinaryPrimitives.WriteUInt32BigEndian(message[8..], Crc32.Of(message[..8]));
        headers.CopyTo(message[12..]);
        payload.CopyTo(message[(12 + headers.Length)..]);
        BinaryPrimitives.WriteUInt32BigEndian(message[(length - 4)..], Crc32.Of(message[..(length - 4)]));
        output.Advance(length);
        _headers.ResetWrittenCount();
    }
}
