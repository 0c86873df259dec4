using System.Buffers;
using System.Buffers.Binary;

namespace Weir.Ai;

/// <summary>
/// Cuts an AWS event stream (application/vnd.amazon.eventstream) into messages, wherever the pieces that come are cut. A message is: its length and that of
/// its headers, the CRC-32 of the two; the headers; the payload; the CRC-32 of all before it. One reader belongs to one stream.
/// </summary>
sealed class AwsEventStreamReader
{
    /// <summary>Longest message that is taken: AWS's own limit.</summary>
    public const int MessageBytesMax = 24 * 1024 * 1024;

    /// <summary>Most bytes of headers: AWS's own limit.</summary>
    public const int HeaderBytesMax = 128 * 1024;

    const int PreludeBytes = 12;
    const int ChecksumBytes = 4;

    readonly ArrayBufferWriter<byte> _pending = new();
    int _length;
    bool _isReturned;

    /// <summary>What is wrong with the stream, after which nothing more can be read; null while it is sound.</summary>
    public string? Broken { get; private set; }

    /// <summary>A message has begun and is not complete.</summary>
    public bool IsInside => !_isReturned && _pending.WrittenCount > 0;

    /// <summary>
    /// Takes bytes from the front of <paramref name="bytes"/> until a message is complete. False when all are taken and none is, or the stream is broken.
    /// </summary>
    public bool TryRead(ref ReadOnlySpan<byte> bytes, out AwsEvent read)
    {
        read = default;
        if (_isReturned) Clear();
        if (Broken is not null) return false;
        if (_length == 0)
        {
            Take(ref bytes, PreludeBytes);
            if (_pending.WrittenCount < PreludeBytes || !ReadPrelude()) return false;
        }
        Take(ref bytes, _length);
        if (_pending.WrittenCount < _length) return false;
        _isReturned = true;
        return ReadMessage(out read);
    }

    void Take(ref ReadOnlySpan<byte> bytes, int until)
    {
        var count = Math.Min(bytes.Length, until - _pending.WrittenCount);
        if (count <= 0) return;
        _pending.Write(bytes[..count]);
        bytes = bytes[count..];
    }

    bool ReadPrelude()
    {
        var prelude = _pending.WrittenSpan;
        var length = BinaryPrimitives.ReadUInt32BigEndian(prelude);
        var headers = BinaryPrimitives.ReadUInt32BigEndian(prelude[4..]);
        Broken = Crc32.Of(prelude[..8]) != BinaryPrimitives.ReadUInt32BigEndian(prelude[8..]) ? "the checksum of a prelude is wrong"
            : length > MessageBytesMax ? "a message is too long"
            : headers > HeaderBytesMax || length < PreludeBytes + headers + ChecksumBytes ? "the headers are longer than their message"
            : null;
        _length = Broken is null ? (int)length : 0;
        return Broken is null;
    }

    bool ReadMessage(out AwsEvent read)
    {
        var message = _pending.WrittenSpan;
        var end = message.Length - ChecksumBytes;
        var headerEnd = PreludeBytes + (int)BinaryPrimitives.ReadUInt32BigEndian(message[4..]);
        var headers = message[PreludeBytes..headerEnd];
        Broken = Crc32.Of(message[..end]) != BinaryPrimitives.ReadUInt32BigEndian(message[end..]) ? "the checksum of a message is wrong"
            : !AwsHeaders.AreValid(headers) ? "a header is malformed"
            : null;
        read = Broken is null ? new AwsEvent(headers, message[headerEnd..end]) : default;
        return Broken is null;
    }

    void Clear()
    {
        _isReturned = false;
        _length = 0;
        _pending.ResetWrittenCount();
    }
}
