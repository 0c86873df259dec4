using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Weir.Ai;

/// <summary>A whole answer that goes to the client byte for byte, read for its usage.</summary>
sealed class PassedAnswer(AnswerShape shape, ReplyHead head, UpstreamReply reply, bool isChat) : ReplyBody
{
    ReadOnlyMemory<byte> _bytes;
    bool _hasMore;

    public override async ValueTask<LlmError?> BeginAsync()
    {
        if (!isChat && !IsJson(head.ContentType)) return Raw();
        var (bytes, failure) = await WholeBody.ReadAsync(reply, AnswerLimits.WholeBytesMax, shape);
        _bytes = bytes;
        if (failure == UpstreamFailure.Invalid && bytes.Length > AnswerLimits.WholeBytesMax) return Raw();
        if (failure == UpstreamFailure.Aborted) throw shape.Left();
        if (failure != UpstreamFailure.None) return LlmFailure.ErrorOf(failure);
        var outcome = shape.Outcome;
        outcome.FirstContentTicks = outcome.EndedTicks = shape.Time.GetTimestamp();
        outcome.IsComplete = true;
        ReplyScan.Read(bytes, outcome, shape.Wire, shape.Time, isChat);
        return null;
    }

    public override void WriteHead(HttpResponse response) => head.WriteTo(response, _hasMore ? null : _bytes.Length);

    public override async ValueTask CopyAsync(BodyOutput output)
    {
        if (!_hasMore)
        {
            output.Write(_bytes.Span);
            return;
        }
        while (true)
        {
            var read = await shape.ReadAsync(reply, output.GetMemory(AnswerLimits.ReadBytes));
            output.Advance(read.Count);
            if (read.Failure != UpstreamFailure.None) throw new BrokenAnswerException(read.Failure);
            if (!await output.FlushAsync() || read.IsComplete) break;
        }
        shape.Outcome.IsComplete = true;
    }

    LlmError? Raw()
    {
        _hasMore = true;
        return null;
    }

    static bool IsJson(string? contentType) => contentType?.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) ?? false;
}
