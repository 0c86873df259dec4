using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Weir.Ai;

/// <summary>An error of the provider's: its own bytes where the client speaks its dialect, else the same in the client's.</summary>
sealed class ErrorAnswer(AnswerShape shape, ReplyHead head, LlmError error, ReadOnlyMemory<byte> bytes) : ReplyBody
{
    public override ValueTask<LlmError?> BeginAsync() => default;

    public override void WriteHead(HttpResponse response)
    {
        if (shape.IsSameWire) head.WriteTo(response, bytes.Length);
        else head.WriteOwn(response, "application/json");
    }

    public override ValueTask CopyAsync(BodyOutput output)
    {
        if (shape.IsSameWire) output.Write(bytes.Span);
        else shape.Call.Dialect.WriteError(error, output);
        return default;
    }
}
