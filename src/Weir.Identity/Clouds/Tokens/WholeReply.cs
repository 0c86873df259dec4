using System.Buffers;
using System.Globalization;

namespace Weir.Identity;

/// <summary>Reads the whole body of an answer into memory.</summary>
static class WholeReply
{
    /// <summary>
    /// The bytes, and what went wrong: a failure, or <see cref="UpstreamFailure.Invalid"/> for a body over the limit. What was read so far comes with it.
    /// </summary>
    /// <param name="reply">The answer.</param>
    /// <param name="bytesMax">Most bytes that are read.</param>
    /// <param name="piece">Reads the next piece; null for the reply's own way.</param>
    public static async ValueTask<(ReadOnlyMemory<byte> Bytes, UpstreamFailure Failure)> ReadAsync(
        UpstreamReply reply, int bytesMax, Func<UpstreamReply, Memory<byte>, ValueTask<UpstreamRead>>? piece = null)
    {
        var length = long.TryParse(reply.Header("Content-Length"), NumberStyles.None, CultureInfo.InvariantCulture, out var declared) ? declared : 0;
        var buffer = new ArrayBufferWriter<byte>((int)Math.Clamp(length + 1, 1024, bytesMax));
        while (true)
        {
            var free = buffer.GetMemory(Math.Max(1, buffer.FreeCapacity));
            var read = await (piece is null ? reply.ReadAsync(free) : piece(reply, free));
            buffer.Advance(read.Count);
            if (read.Failure != UpstreamFailure.None || read.IsComplete) return (buffer.WrittenMemory, read.Failure);
            if (buffer.WrittenCount > bytesMax) return (buffer.WrittenMemory, UpstreamFailure.Invalid);
        }
    }
}
