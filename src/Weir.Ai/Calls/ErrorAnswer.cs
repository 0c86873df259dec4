using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Weir.Ai;

/// <summary>An error of the provider's.</summary>
sealed class ErrorAnswer(AnswerShape shape, LlmError error, ReadOnlyMemory<byte> bytes, UpstreamReply reply) : ReplyBody
{
    public override ValueTask<LlmError?> BeginAsync() => default;

    public override void WriteHead(HttpResponse response, UpstreamReply reply)
    {
        if (shape.IsSameWire) PassHead(response, reply, keepsLength: true);
        else OwnHead(response, reply, reply.Status, "application/json");
    }

    public override ValueTask CopyAsync(BodyOutput output)
    {
        if (shape.IsSameWire) output.Write(bytes.Span);
        else shape.Call.Dialect.WriteError(error, output);
        return default;
    }

    /// <summary>The status of the answer.</summary>
    public int Status => reply.Status;
}
