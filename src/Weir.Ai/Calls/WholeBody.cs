using System.Buffers;
using System.Globalization;

namespace Weir.Ai;

/// <summary>Reads the whole body of a provider's answer into memory.</summary>
static class WholeBody
{
    /// <summary>
    /// The bytes, and what went wrong: a failure, or <see cref="UpstreamFailure.Invalid"/> for a body over the limit. What was read so far comes with it.
    /// </summary>
    /// <param name="reply">The answer.</param>
    /// <param name="bytesMax">Most bytes that are read.</param>
    /// <param name="shape">Whose time limits hold; null for those of the connection alone.</param>
    public static async ValueTask<(ReadOnlyMemory<byte> Bytes, UpstreamFailure Failure)> ReadAsync(UpstreamReply reply, int bytesMax, AnswerShape? shape = null)
    {
        var length = long.TryParse(reply.Header("Content-Length"), NumberStyles.None, CultureInfo.InvariantCulture, out var declared) ? declared : 0;
        var buffer = new ArrayBufferWriter<byte>((int)Math.Clamp(length + 1, 1024, bytesMax));
        while (true)
        {
            var free = buffer.GetMemory(Math.Max(1, buffer.FreeCapacity));
            var read = await (shape is null ? reply.ReadAsync(free) : shape.ReadAsync(reply, free));
            buffer.Advance(read.Count);
            if (read.Failure != UpstreamFailure.None || read.IsComplete) return (buffer.WrittenMemory, read.Failure);
            if (buffer.WrittenCount > bytesMax) return (buffer.WrittenMemory, UpstreamFailure.Invalid);
        }
    }
}
