using System.Buffers;

namespace Weir.Ai;

/// <summary>
/// What becomes of a stream whose client has gone: it ends at once, and what it used is estimated; or, where the operator wants to know, it is read to its
/// end, within limits, and the provider's own usage is taken.
/// </summary>
static class Drain
{
    /// <summary>Most bytes that are read for nobody.</summary>
    public const int BytesMax = 16 * 1024 * 1024;

    public static async ValueTask RunAsync(AnswerShape shape, UpstreamReply reply, ReplyStreamReader reader, ReplyTap tap)
    {
        shape.Outcome.ClientLeft = true;
        // Nobody would end a stream that outgrows its budgets.
        if (shape.DrainMs == 0 || tap.IsOver || shape.MayOutgrow) return;
        tap.Next = null;
        var from = shape.Time.GetTimestamp();
        var buffer = ArrayPool<byte>.Shared.Rent(AnswerLimits.ReadBytes);
        try
        {
            for (var bytes = 0; bytes < BytesMax && !tap.IsOver;)
            {
                var leftMs = shape.DrainMs - (shape.Time.GetElapsedTime(from).Ticks / TimeSpan.TicksPerMillisecond);
                if (leftMs <= 0) break;
                reply.ReadTimeoutMs = (int)leftMs;
                var read = await reply.ReadAsync(buffer);
                reader.Feed(buffer.AsSpan(0, read.Count));
                bytes += read.Count;
                if (read.IsComplete) reader.End();
                if (read.IsComplete || read.Failure != UpstreamFailure.None) break;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        shape.Outcome.EndedTicks = shape.Time.GetTimestamp();
    }
}
