namespace Weir.Gateway.Tests;

/// <summary>A stream that brings prepared segments and then ends, without a network; what is sent is kept.</summary>
sealed class MemoryTransport(IEnumerable<byte[]> segments) : IUpstreamTransport
{
    readonly Queue<byte[]> _segments = new(segments.Where(s => s.Length > 0));
    readonly MemoryStream _sent = new();

    public byte[] Sent => _sent.ToArray();

    public ValueTask<int> ReceiveAsync(Memory<byte> buffer)
    {
        Assert.False(buffer.IsEmpty, "A receive into no room would look like the end of the stream.");
        if (!_segments.TryPeek(out var segment)) return new(0);
        _segments.Dequeue();
        var count = Math.Min(segment.Length, buffer.Length);
        segment.AsMemory(0, count).CopyTo(buffer);
        if (count == segment.Length) return new(count);
        var rest = _segments.ToArray();
        _segments.Clear();
        _segments.Enqueue(segment[count..]);
        foreach (var later in rest) _segments.Enqueue(later);
        return new(count);
    }

    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        _sent.Write(bytes.Span);
        return default;
    }

    public bool IsQuiet() => _segments.Count == 0;

    public ValueTask ShutdownSendAsync() => default;

    public void Abort()
    {
    }
}
