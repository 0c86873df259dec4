using System.Buffers.Text;

namespace Weir.Limits;

/// <summary>
/// Reads replies of the Redis protocol (RESP2 and RESP3, redis.io/docs/latest/develop/reference/protocol-spec) from what has come so far. Strict: lines end
/// with CR LF, numbers are whole, lengths have limits, so that no server can make this process take more memory than it sends.
/// </summary>
ref struct RespReader
{
    /// <summary>Of a line: a number, a status, an error's text.</summary>
    public const int LineBytesMax = 64 * 1024;

    public const int ItemsMax = 64 * 1024;

    public const int DepthMax = 16;

    /// <summary>Of a whole reply; a longer one ends the connection.</summary>
    public const int ReplyBytesMax = 4 * 1024 * 1024;

    // "_", CR, LF: no item is shorter.
    const int ItemBytesMin = 3;

    readonly ReadOnlySpan<byte> _data;
    int _at;

    RespReader(ReadOnlySpan<byte> data) => _data = data;

    /// <summary>Reads the first reply. False when it has not come whole; then nothing is consumed.</summary>
    /// <exception cref="RespException">It is no reply.</exception>
    public static bool TryRead(ReadOnlySpan<byte> data, out int consumed, out RedisValue value)
    {
        var reader = new RespReader(data);
        var isWhole = reader.Value(0, out value);
        consumed = isWhole ? reader._at : 0;
        if (!isWhole && data.Length > ReplyBytesMax) throw new RespException($"a reply is longer than {ReplyBytesMax} bytes");
        return isWhole;
    }

    bool Value(int depth, out RedisValue value)
    {
        value = default;
        if (depth > DepthMax) throw new RespException($"items are nested more than {DepthMax} deep");
        if (!Line(out var type, out var line)) return false;
        switch (type)
        {
            case (byte)':':
                value = RedisValue.Of(Number(line));
                return true;
            case (byte)'+' or (byte)',' or (byte)'(':
                value = RedisValue.Of(line);
                return true;
            case (byte)'-':
                value = RedisValue.Error(line);
                return true;
            case (byte)'$' or (byte)'!' or (byte)'=':
                return Blob(type, line, out value);
            case (byte)'*' or (byte)'~' or (byte)'>' or (byte)'%':
                return Items(type, line, depth, out value);
            case (byte)'_':
                return line.IsEmpty ? true : throw new RespException("a nil has content");
            case (byte)'#':
                value = RedisValue.Of(line is [(byte)'t'] ? 1 : line is [(byte)'f'] ? 0 : throw new RespException("a boolean is neither t nor f"));
                return true;
            case (byte)'|':
                // Attributes stand before the reply they describe.
                return Items((byte)'%', line, depth, out _) && Value(depth + 1, out value);
            default:
                throw new RespException($"no reply begins with byte 0x{type:x2}");
        }
    }

    bool Blob(byte type, ReadOnlySpan<byte> line, out RedisValue value)
    {
        value = default;
        if (type == '$' && line.SequenceEqual("-1"u8)) return true;
        var length = Length(line, ReplyBytesMax);
        if (_data.Length - _at < length + 2) return false;
        var bytes = _data.Slice(_at, length);
        if (_data[_at + length] != '\r' || _data[_at + length + 1] != '\n') throw new RespException("a text does not end where its length says");
        _at += length + 2;
        // A verbatim string begins with its format: "txt:".
        if (type == '=') bytes = length >= 4 && bytes[3] == ':' ? bytes[4..] : throw new RespException("a verbatim string has no format");
        value = type == '!' ? RedisValue.Error(bytes) : RedisValue.Of(bytes);
        return true;
    }

    bool Items(byte type, ReadOnlySpan<byte> line, int depth, out RedisValue value)
    {
        value = default;
        if (type == '*' && line.SequenceEqual("-1"u8)) return true;
        var count = Length(line, ItemsMax) * (type == '%' ? 2 : 1);
        // Not before so many can have come: memory is taken for what was sent, not for what was announced.
        if (_data.Length - _at < count * ItemBytesMin) return false;
        var items = count == 0 ? [] : new RedisValue[count];
        for (var i = 0; i < count; i++)
            if (!Value(depth + 1, out items[i])) return false;
        value = type == '>' ? RedisValue.Push(items) : RedisValue.Of(items);
        return true;
    }

    bool Line(out byte type, out ReadOnlySpan<byte> line)
    {
        type = 0;
        line = default;
        var rest = _data[_at..];
        if (rest.IsEmpty) return false;
        var end = rest.IndexOfAny((byte)'\r', (byte)'\n');
        if (end > LineBytesMax || (end < 0 && rest.Length > LineBytesMax)) throw new RespException($"a line is longer than {LineBytesMax} bytes");
        if (end < 0) return false;
        if (rest[end] == '\n') throw new RespException("a line ends without CR");
        if (end + 1 == rest.Length) return false;
        if (rest[end + 1] != '\n') throw new RespException("a CR stands within a line");
        if (end == 0) throw new RespException("a line is empty");
        type = rest[0];
        line = rest[1..end];
        _at += end + 2;
        return true;
    }

    static int Length(ReadOnlySpan<byte> line, int most)
    {
        var length = Number(line);
        return length >= 0 && length <= most ? (int)length : throw new RespException($"a length of {length} is not between 0 and {most}");
    }

    static long Number(ReadOnlySpan<byte> line)
    {
        var digits = line is [(byte)'+', not (byte)'-', ..] ? line[1..] : line;
        return Utf8Parser.TryParse(digits, out long number, out var used) && used == digits.Length
            ? number
            : throw new RespException("an integer is none");
    }
}
