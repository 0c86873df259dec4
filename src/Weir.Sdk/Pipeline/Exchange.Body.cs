using System.Buffers;

namespace Weir;

public sealed partial class Exchange
{
    /// <summary>First size of the buffer for a body of unknown length.</summary>
    const int BodyBytesFirst = 1024;

    /// <summary>The largest size that is allocated because a client says so.</summary>
    const int BodyBytesTrusted = 256 * 1024;

    ReadOnlyMemory<byte> _bufferedBody;

    /// <summary>How much of the request body has been read into memory by <see cref="ReadBodyAsync"/>.</summary>
    public BodyBuffering BodyBuffering { get; private set; }

    /// <summary>The bytes read so far; they go upstream before the rest of the stream.</summary>
    internal ReadOnlyMemory<byte> BufferedBody => _bufferedBody;

    /// <summary>
    /// Reads the client's request body into memory, at most <paramref name="bytesMax"/> bytes of it. The body still goes upstream, unchanged and whole.
    /// Returns null when the body is longer than the limit. Repeated calls return the same bytes.
    /// </summary>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadBodyAsync(int bytesMax)
    {
        if (BodyBuffering == BodyBuffering.Whole) return _bufferedBody.Length <= bytesMax ? _bufferedBody : null;
        if (Http.Request.ContentLength > bytesMax) return null;

        // As much as the client says there is, so that it need not grow, but not more than costs little where the client then sends nothing.
        var buffer = new ArrayBufferWriter<byte>((int)Math.Clamp(Http.Request.ContentLength ?? 0, BodyBytesFirst, BodyBytesTrusted));
        buffer.Write(_bufferedBody.Span);
        var reader = Http.Request.BodyReader;
        while (buffer.WrittenCount <= bytesMax)
        {
            // Without a token: the read fails when the client leaves, and one that is cancelled would be under way for ever.
            var read = await reader.ReadAsync();
            foreach (var segment in read.Buffer) buffer.Write(segment.Span);
            reader.AdvanceTo(read.Buffer.End);
            if (!read.IsCompleted) continue;
            BodyBuffering = BodyBuffering.Whole;
            break;
        }
        _bufferedBody = buffer.WrittenMemory;
        if (BodyBuffering == BodyBuffering.None) BodyBuffering = BodyBuffering.Prefix;
        return BodyBuffering == BodyBuffering.Whole && _bufferedBody.Length <= bytesMax ? _bufferedBody : null;
    }

    internal void ResetBody()
    {
        _bufferedBody = default;
        BodyBuffering = BodyBuffering.None;
    }
}

/// <summary>How much of a request body is in memory.</summary>
public enum BodyBuffering
{
    /// <summary>Nothing: it will be streamed.</summary>
    None,

    /// <summary>The beginning; the rest will be streamed after it.</summary>
    Prefix,

    /// <summary>All of it: it can be sent again when an attempt fails.</summary>
    Whole,
}
