namespace Weir.Gateway;

/// <summary>
/// Takes chunked framing off a body (RFC 9112 §7.1), byte strict: sizes are hex digits only, every line ends with CRLF, extensions are skipped within a
/// limit. Stops at the trailer section, which is read as a <see cref="HeaderBlock"/>.
/// </summary>
/// <remarks>
/// Framing that outweighs the content is work without gain: per chunk, line and CRLF may take 16 bytes plus twice the content; what is beyond that adds
/// up over the body and is bounded.
/// </remarks>
struct ChunkDecoder
{
    /// <summary>Longest size that is read; leading zeros count.</summary>
    const int DigitsMax = 16;

    const int LineAllowanceBytes = 16;

    State _state;
    int _digits;
    int _extensionBytes;
    long _overheadBytes;
    long _left;

    enum State : byte
    {
        Size,
        Extension,
        SizeLineFeed,
        Content,
        ContentReturn,
        ContentLineFeed,
        Done,
    }

    /// <summary>All content has been decoded; the trailer section follows.</summary>
    public readonly bool AtTrailers => _state == State.Done;

    /// <summary>Content bytes of the current chunk still to come; they need no decoding.</summary>
    public readonly long ContentLeft => _state == State.Content ? _left : 0;

    /// <summary>Content bytes that came in past the decoder.</summary>
    public void SkipContent(int count)
    {
        _left -= count;
        if (_left == 0) _state = State.ContentReturn;
    }

    /// <summary>Decodes as much as input and output allow. Returns what is wrong, or null.</summary>
    public string? Decode(ReadOnlySpan<byte> input, Span<byte> output, Http1Limits limits, out int consumed, out int written)
    {
        consumed = written = 0;
        while (consumed < input.Length && _state != State.Done)
        {
            if (_state == State.Content)
            {
                var count = (int)Math.Min(_left, Math.Min(input.Length - consumed, output.Length - written));
                if (count == 0) return null;
                input.Slice(consumed, count).CopyTo(output[written..]);
                consumed += count;
                written += count;
                SkipContent(count);
                continue;
            }
            if (Step(input[consumed], limits) is { } problem) return problem;
            consumed++;
        }
        return null;
    }

    string? Step(byte next, Http1Limits limits)
    {
        switch (_state)
        {
            case State.Size when next == '\r' && _digits > 0:
            case State.Extension when next == '\r':
                _state = State.SizeLineFeed;
                return null;
            case State.Size when next == ';' && _digits > 0:
                _state = State.Extension;
                return null;
            case State.Size:
                return TakeDigit(next);
            case State.Extension:
                if (++_extensionBytes > limits.ChunkExtensionBytesMax) return "a chunk extension over the limit";
                return next < ' ' && next != '\t' || next == 0x7F ? "a control character in a chunk extension" : null;
            case State.SizeLineFeed:
                return next == '\n' ? BeginContent(limits) : "a chunk size line that does not end with CRLF";
            case State.ContentReturn:
                _state = State.ContentLineFeed;
                return next == '\r' ? null : "chunk content longer than its size";
            default:
                _state = State.Size;
                _digits = _extensionBytes = 0;
                return next == '\n' ? null : "chunk content that does not end with CRLF";
        }
    }

    string? TakeDigit(byte next)
    {
        if (!char.IsAsciiHexDigit((char)next)) return "a chunk size that is not hexadecimal";
        if (++_digits > DigitsMax) return "a chunk size with too many digits";
        if (_left > long.MaxValue >> 4) return "a chunk size that overflows";
        _left = _left << 4 | (uint)(next <= '9' ? next - '0' : (next | 0x20) - 'a' + 10);
        return null;
    }

    string? BeginContent(Http1Limits limits)
    {
        const int Breaks = 4;
        var allowed = _left > int.MaxValue ? int.MaxValue : LineAllowanceBytes + 2 * _left;
        _overheadBytes = Math.Max(0, _overheadBytes + _digits + _extensionBytes + Breaks - allowed);
        _state = _left == 0 ? State.Done : State.Content;
        return _overheadBytes > limits.ChunkOverheadBytesMax ? "more chunk framing than the limit allows" : null;
    }
}
