using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Text;

namespace Weir.Acceptance;

/// <summary>Messages as gRPC puts them on a stream: a byte for compression, four for the length, then the message.</summary>
static class GrpcFrames
{
    const int HeadBytes = 5;

    public static byte[] Of(string message)
    {
        var bytes = Encoding.UTF8.GetBytes(message);
        var frame = new byte[HeadBytes + bytes.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), bytes.Length);
        bytes.CopyTo(frame, HeadBytes);
        return frame;
    }

    /// <summary>The next message; null at the end of the stream.</summary>
    public static async Task<string?> ReadAsync(Stream stream, CancellationToken cancellation = default)
    {
        var head = new byte[HeadBytes];
        if (await stream.ReadAtLeastAsync(head, HeadBytes, throwOnEndOfStream: false, cancellation) < HeadBytes) return null;
        var message = new byte[BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(1))];
        await stream.ReadExactlyAsync(message, cancellation);
        return Encoding.UTF8.GetString(message);
    }

    public static async Task<List<string>> ReadAllAsync(Stream stream)
    {
        List<string> messages = [];
        while (await ReadAsync(stream) is { } message) messages.Add(message);
        return messages;
    }

    public static async Task WriteAsync(PipeWriter writer, string message) => await writer.WriteAsync(Of(message));
}
