using Weir.Identity;

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
    public static ValueTask<(ReadOnlyMemory<byte> Bytes, UpstreamFailure Failure)> ReadAsync(UpstreamReply reply, int bytesMax, AnswerShape? shape = null) =>
        WholeReply.ReadAsync(reply, bytesMax, shape is null ? null : shape.ReadAsync);
}
