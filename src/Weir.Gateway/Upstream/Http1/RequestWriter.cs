using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Weir.Gateway;

/// <summary>
/// Writes a request head into the connection's send buffer: the request line, headers, and one framing header. Nothing that could end a line early
/// passes; the first thing that does not pass is kept as <see cref="Problem"/> and the request is never sent.
/// </summary>
sealed class RequestWriter(Http1Limits limits)
{
    /// <summary>Holds nearly every head together with a small body, so that both leave in one send.</summary>
    public const int BufferBytes = 16 * 1024;

    byte[] _buffer = [];
    int _count;

    /// <summary>What keeps the request from being sent, or null.</summary>
    public string? Problem { get; private set; }

    /// <summary>The request has a body in chunks.</summary>
    public bool IsChunked { get; private set; }

    /// <summary>Declared bytes of the body that have not been sent.</summary>
    public long BodyBytesLeft { get; private set; }

    /// <summary>The request asks for another protocol.</summary>
    public bool AsksUpgrade { get; private set; }

    public int Count => _count;

    public ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, _count);

    public int Room => _buffer.Length - _count;

    /// <summary>Starts a request. <paramref name="target"/> and <paramref name="query"/> go out as they are, one after the other.</summary>
    public void Begin(string method, string target, string query)
    {
        if (_buffer.Length == 0) _buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        _count = 0;
        Problem = null;
        IsChunked = AsksUpgrade = false;
        BodyBytesLeft = 0;
        if (!Put(method) || method.Length == 0 || _buffer.AsSpan(0, _count).ContainsAnyExcept(HttpBytes.Token)) Problem ??= "a method that is not a token";
        Put(" "u8);
        var start = _count;
        if (!Put(target) || !Put(query) || _count == start || _buffer.AsSpan(start, _count - start).ContainsAnyExcept(HttpBytes.Target))
        {
            Problem ??= "a request target with bytes that do not belong in one";
        }
        Put(" HTTP/1.1\r\n"u8);
    }

    /// <summary>Adds a header. Characters up to U+00FF go out as one byte each.</summary>
    public void Header(string name, string value)
    {
        var start = _count;
        if (!Put(name) || name.Length == 0 || _buffer.AsSpan(start, _count - start).ContainsAnyExcept(HttpBytes.Token))
        {
            Problem ??= "a header name that is not a token";
        }
        Put(": "u8);
        Value(value);
    }

    /// <summary>Adds a header whose name was checked before, <c>"X-Real-IP: "</c> with colon and space.</summary>
    public void Header(ReadOnlySpan<byte> nameColon, string value)
    {
        Put(nameColon);
        Value(value);
    }

    /// <summary>Adds whole lines prepared and checked before, each with its CRLF.</summary>
    public void Lines(ReadOnlySpan<byte> lines) => Put(lines);

    /// <summary>The body has exactly this many bytes.</summary>
    public void ContentLength(long bytes)
    {
        BodyBytesLeft = bytes;
        Put("Content-Length: "u8);
        Ensure(20);
        if (Problem is not null) return;
        Utf8Formatter.TryFormat(bytes, _buffer.AsSpan(_count), out var written);
        _count += written;
        Put("\r\n"u8);
    }

    /// <summary>The length of the body is not known: it goes out in chunks.</summary>
    public void Chunked()
    {
        IsChunked = true;
        Put("Transfer-Encoding: chunked\r\n"u8);
    }

    /// <summary>Asks to switch to <paramref name="protocol"/>; only then is 101 a valid answer.</summary>
    public void Upgrade(string protocol)
    {
        AsksUpgrade = true;
        Put("Connection: Upgrade\r\n"u8);
        Header("Upgrade: "u8, protocol);
    }

    /// <summary>Ends the head.</summary>
    public void End() => Put("\r\n"u8);

    internal void Clear() => _count = 0;

    internal void BodySent(long bytes) => BodyBytesLeft -= bytes;

    internal void Put(ReadOnlySpan<byte> bytes)
    {
        if (!Ensure(bytes.Length)) return;
        bytes.CopyTo(_buffer.AsSpan(_count));
        _count += bytes.Length;
    }

    /// <summary>Adds one chunk; the caller has seen to it that it fits.</summary>
    internal void PutChunk(ReadOnlySpan<byte> content)
    {
        Ensure(content.Length + ChunkFramingBytesMax);
        Utf8Formatter.TryFormat(content.Length, _buffer.AsSpan(_count), out var digits, new StandardFormat('x'));
        _count += digits;
        Put("\r\n"u8);
        Put(content);
        Put("\r\n"u8);
    }

    /// <summary>Size, two line ends.</summary>
    internal const int ChunkFramingBytesMax = 8 + 4;

    /// <summary>Gives the buffer back, or forgets it when a send may still be reading from it.</summary>
    internal void Release(bool isInUse)
    {
        if (_buffer.Length > 0 && !isInUse) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _count = 0;
    }

    void Value(string value)
    {
        var start = _count;
        if (!Put(value) || _buffer.AsSpan(start, _count - start).ContainsAny(HttpBytes.Controls)) Problem ??= "a header value with a control character";
        Put("\r\n"u8);
    }

    bool Put(string text)
    {
        if (!Ensure(text.Length)) return false;
        var room = _buffer.AsSpan(_count, text.Length);
        if (Ascii.FromUtf16(text, room, out var written) != OperationStatus.Done && !PutLatin1(text, room, written)) return false;
        _count += text.Length;
        return true;
    }

    static bool PutLatin1(string text, Span<byte> room, int from)
    {
        for (var i = from; i < text.Length; i++)
        {
            if (text[i] > 0xFF) return false;
            room[i] = (byte)text[i];
        }
        return true;
    }

    bool Ensure(int bytes)
    {
        if (_buffer.Length - _count >= bytes) return true;
        if (_count + bytes > limits.RequestHeadBytesMax)
        {
            Problem ??= "a request head over the limit";
            return false;
        }
        var larger = ArrayPool<byte>.Shared.Rent(Math.Min(limits.RequestHeadBytesMax, Math.Max(_buffer.Length * 2, _count + bytes)));
        _buffer.AsSpan(0, _count).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
        return true;
    }
}
