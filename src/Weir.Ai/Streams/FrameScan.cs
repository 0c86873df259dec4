using System.Buffers;
using System.Buffers.Binary;

namespace Weir.Ai;

/// <summary>
/// Looks over a WebSocket's bytes from the server as they pass, and gives whole text messages that hold a word (RFC 6455 section 5). Nothing is changed or
/// held back; messages that do not hold it near their beginning, or are too long, cost no copy.
/// </summary>
/// <param name="word">What a message must hold.</param>
/// <param name="found">Gets the message.</param>
sealed class FrameScan(ReadOnlyMemory<byte> word, Action<ReadOnlyMemory<byte>> found)
{
    /// <summary>Longest message that is kept.</summary>
    public const int MessageBytesMax = 1024 * 1024;

    /// <summary>How far into a message the word is looked for.</summary>
    const int PeekBytes = 256;

    const int HeadBytesMax = 14;

    readonly byte[] _head = new byte[HeadBytesMax];
    readonly ArrayBufferWriter<byte> _message = new();
    int _headCount;
    long _left;
    bool _isLast;
    bool _isText;
    bool _isControl;
    bool _isSkipped;
    bool _isBroken;

    /// <summary>Bytes looked over so far. When a message is given, those up to its end.</summary>
    public long Seen { get; private set; }

    /// <summary>Takes the next bytes, cut anywhere.</summary>
    public void Feed(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty && !_isBroken)
        {
            if (_left == 0 && !TryHead(ref bytes)) continue;
            var count = (int)Math.Min(_left, bytes.Length);
            Keep(bytes[..count]);
            Seen += count;
            bytes = bytes[count..];
            _left -= count;
            if (_left == 0) EndFrame();
        }
    }

    /// <summary>One more byte of a frame's head. True when a payload follows.</summary>
    bool TryHead(ref ReadOnlySpan<byte> bytes)
    {
        _head[_headCount++] = bytes[0];
        Seen++;
        bytes = bytes[1..];
        if (_headCount < 2) return false;
        var length = _head[1] & 0x7F;
        var need = 2 + (length == 126 ? 2 : length == 127 ? 8 : 0);
        // A server does not mask, and says no bits of extensions that were not agreed on: what does is no WebSocket that can be read.
        if ((_head[1] & 0x80) != 0 || (_head[0] & 0x70) != 0) _isBroken = true;
        if (_isBroken || _headCount < need) return false;
        _left = length switch
        {
            126 => BinaryPrimitives.ReadUInt16BigEndian(_head.AsSpan(2)),
            127 => (long)BinaryPrimitives.ReadUInt64BigEndian(_head.AsSpan(2)),
            _ => length,
        };
        _isBroken = _left < 0;
        _headCount = 0;
        var code = _head[0] & 0x0F;
        _isControl = code >= 8;
        _isLast = (_head[0] & 0x80) != 0;
        if (!_isControl && code != 0) Begin(isText: code == 1);
        if (_left == 0) EndFrame();
        return _left > 0;
    }

    void Begin(bool isText)
    {
        _isText = isText;
        _isSkipped = !isText;
        _message.ResetWrittenCount();
    }

    void Keep(ReadOnlySpan<byte> payload)
    {
        if (_isControl || _isSkipped) return;
        var before = _message.WrittenCount;
        if (before + payload.Length > MessageBytesMax)
        {
            _isSkipped = true;
            return;
        }
        _message.Write(payload);
        if (before < PeekBytes && _message.WrittenCount >= PeekBytes) _isSkipped = _message.WrittenSpan[..PeekBytes].IndexOf(word.Span) < 0;
    }

    void EndFrame()
    {
        if (_isControl || !_isLast) return;
        if (_isText && !_isSkipped && _message.WrittenSpan.IndexOf(word.Span) >= 0) found(_message.WrittenMemory);
        _isSkipped = true;
        _message.ResetWrittenCount();
    }
}
