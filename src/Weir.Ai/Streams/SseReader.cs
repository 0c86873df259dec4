using System.Buffers;

namespace Weir.Ai;

/// <summary>
/// Cuts a stream of server-sent events (WHATWG HTML §9.2) into events, wherever the pieces that come are cut. One reader belongs to one stream.
/// </summary>
sealed class SseReader
{
    /// <summary>Longest event that is taken; images in base64 come in one.</summary>
    public const int EventBytesMax = 32 * 1024 * 1024;

    static readonly SearchValues<byte> LineEnds = SearchValues.Create("\r\n"u8);

    readonly ArrayBufferWriter<byte> _data = new();
    readonly ArrayBufferWriter<byte> _line = new();
    byte[] _name = [];
    bool _hasData;
    bool _afterCr;
    bool _atStart = true;
    bool _isReturned;

    /// <summary>An event was longer than <see cref="EventBytesMax"/>: nothing more can be read.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>
    /// Takes bytes from the front of <paramref name="bytes"/> until an event is complete. False when all are taken and none is. The event is valid until the
    /// next call.
    /// </summary>
    public bool TryRead(ref ReadOnlySpan<byte> bytes, out SseEvent read)
    {
        if (_isReturned) Clear();
        read = default;
        while (!IsBroken && bytes.Length > 0)
        {
            if (_afterCr && bytes[0] == '\n') bytes = bytes[1..];
            _afterCr = false;
            var end = bytes.IndexOfAny(LineEnds);
            if (end < 0)
            {
                if (Room(_line, bytes.Length)) _line.Write(bytes);
                bytes = default;
                return false;
            }
            _afterCr = bytes[end] == '\r';
            var line = bytes[..end];
            bytes = bytes[(end + 1)..];
            if (_line.WrittenCount > 0)
            {
                if (!Room(_line, line.Length)) return false;
                _line.Write(line);
                line = _line.WrittenSpan;
            }
            var complete = line.IsEmpty ? _hasData : Take(line);
            _line.ResetWrittenCount();
            if (line.IsEmpty && !complete) _name = [];
            if (!line.IsEmpty || !complete) continue;
            _isReturned = true;
            read = new SseEvent(_name, _data.WrittenSpan);
            return true;
        }
        return false;
    }

    /// <summary>Takes a line that is not empty. Always false: only an empty line completes an event.</summary>
    bool Take(ReadOnlySpan<byte> line)
    {
        if (_atStart && line.StartsWith("\uFEFF"u8)) line = line[3..];
        _atStart = false;
        var colon = line.IndexOf((byte)':');
        if (colon == 0) return false;
        var field = colon < 0 ? line : line[..colon];
        var value = colon < 0 ? default : line[(colon + 1)..];
        if (value.Length > 0 && value[0] == ' ') value = value[1..];
        if (field.SequenceEqual("data"u8))
        {
            if (!Room(_data, value.Length + 1)) return false;
            if (_hasData) _data.Write("\n"u8);
            _data.Write(value);
            _hasData = true;
        }
        else if (field.SequenceEqual("event"u8))
        {
            if (!value.SequenceEqual(_name)) _name = value.ToArray();
        }
        return false;
    }

    bool Room(ArrayBufferWriter<byte> buffer, int more)
    {
        if (buffer.WrittenCount + more <= EventBytesMax) return true;
        IsBroken = true;
        return false;
    }

    void Clear()
    {
        _isReturned = false;
        _hasData = false;
        _data.ResetWrittenCount();
        _name = [];
    }
}

/// <summary>One event of a stream.</summary>
/// <param name="name">Its event field; empty for none.</param>
/// <param name="data">Its data lines, joined with line feeds.</param>
readonly ref struct SseEvent(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data)
{
    public ReadOnlySpan<byte> Name { get; } = name;

    public ReadOnlySpan<byte> Data { get; } = data;
}
