namespace Weir.Control;

/// <summary>Reads frames off a stream, never more than one in memory.</summary>
sealed class FrameReader(Stream stream, FollowLimits limits)
{
    readonly byte[] _header = new byte[FrameCodec.HeaderBytes];

    /// <summary>The next frame; null at the end of the stream.</summary>
    /// <exception cref="StreamBrokenException">What comes is no frame, or too long.</exception>
    public async ValueTask<Frame?> ReadAsync(CancellationToken cancellation)
    {
        var read = await stream.ReadAtLeastAsync(_header, _header.Length, throwOnEndOfStream: false, cancellation);
        if (read == 0) return null;
        if (read < _header.Length) throw new StreamBrokenException("the stream ends inside a frame");
        var length = FrameCodec.LengthOf(_header);
        if (length < 0 || length > limits.FrameBytesMax)
            throw new StreamBrokenException($"a frame says that it has {length} bytes; the limit is {limits.FrameBytesMax}");
        var frame = await ReadContentAsync(length, cancellation);
        return FrameCodec.Decode(frame, limits);
    }

    /// <summary>Memory is taken as bytes come, not as they are announced.</summary>
    async ValueTask<byte[]> ReadContentAsync(int length, CancellationToken cancellation)
    {
        const int Step = 1 << 20;
        var frame = new byte[_header.Length + Math.Min(length, Step)];
        _header.CopyTo(frame, 0);
        var filled = _header.Length;
        var whole = _header.Length + length;
        while (filled < whole)
        {
            if (filled == frame.Length) Array.Resize(ref frame, Math.Min(whole, frame.Length * 2));
            var read = await stream.ReadAsync(frame.AsMemory(filled), cancellation);
            if (read == 0) throw new StreamBrokenException("the stream ends inside a frame");
            filled += read;
        }
        return frame;
    }
}
