using System.Buffers;

namespace Weir.Ai;

/// <summary>
/// Cuts a JSON array of objects, or a row of objects, into the objects as their bytes come. It looks only at brackets and strings: whether an object is
/// valid is for who parses it.
/// </summary>
sealed class JsonValueCutter
{
    static readonly SearchValues<byte> InString = SearchValues.Create("\"\\"u8);
    static readonly SearchValues<byte> Outside = SearchValues.Create("\"{}[]"u8);
    static readonly SearchValues<byte> Between = SearchValues.Create(" \t\r\n,[]"u8);

    readonly ArrayBufferWriter<byte> _value = new();
    int _depth;
    bool _isInString;
    bool _isEscaped;

    /// <summary>Something stands between the objects that does not belong there, or one is longer than <see cref="SseReader.EventBytesMax"/>.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>An object has begun and not ended.</summary>
    public bool IsInValue => _depth > 0;

    /// <summary>Takes bytes until an object is complete. False when all are taken and none is.</summary>
    public bool TryRead(ref ReadOnlySpan<byte> bytes, out ReadOnlyMemory<byte> value)
    {
        value = default;
        while (bytes.Length > 0 && !IsBroken)
        {
            if (_depth == 0 && !SkipTo(ref bytes)) return false;
            var end = EndOfValue(bytes);
            var piece = end < 0 ? bytes : bytes[..end];
            if (_value.WrittenCount + piece.Length > SseReader.EventBytesMax)
            {
                IsBroken = true;
                return false;
            }
            _value.Write(piece);
            bytes = bytes[piece.Length..];
            if (end < 0) return false;
            value = _value.WrittenSpan.ToArray();
            _value.ResetWrittenCount();
            return true;
        }
        return false;
    }

    /// <summary>To the next object, over what separates them.</summary>
    bool SkipTo(ref ReadOnlySpan<byte> bytes)
    {
        var start = bytes.IndexOfAnyExcept(Between);
        if (start < 0)
        {
            bytes = default;
            return false;
        }
        IsBroken = bytes[start] != '{';
        bytes = IsBroken ? default : bytes[start..];
        return !IsBroken;
    }

    int EndOfValue(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        while (at < bytes.Length)
        {
            if (_isEscaped)
            {
                _isEscaped = false;
                at++;
                continue;
            }
            var next = bytes[at..].IndexOfAny(_isInString ? InString : Outside);
            if (next < 0) return -1;
            at += next + 1;
            var found = bytes[at - 1];
            if (found == '\\') _isEscaped = true;
            else if (found == '"') _isInString = !_isInString;
            else if (found is (byte)'{' or (byte)'[') _depth++;
            else if (--_depth == 0) return at;
        }
        return -1;
    }
}
