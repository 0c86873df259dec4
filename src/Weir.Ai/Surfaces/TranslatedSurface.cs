using System.Buffers;
using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Weir.Ai;

/// <summary>An answer without a conversation that is read in the provider's wire and written in the client's.</summary>
sealed class TranslatedSurface(AnswerShape shape, ReplyHead head, UpstreamReply reply, SurfaceCall call) : ReplyBody
{
    /// <summary>Where Bedrock says what a call without a conversation used.</summary>
    const string TokensHeader = "x-amzn-bedrock-input-token-count";

    readonly ArrayBufferWriter<byte> _output = new();

    public override async ValueTask<LlmError?> BeginAsync()
    {
        var tokens = long.TryParse(reply.Header(TokensHeader), NumberStyles.None, CultureInfo.InvariantCulture, out var counted) ? counted : (long?)null;
        var (bytes, failure) = await WholeBody.ReadAsync(reply, AnswerLimits.WholeBytesMax, shape);
        if (failure == UpstreamFailure.Aborted) throw shape.Left();
        if (failure != UpstreamFailure.None) return LlmFailure.ErrorOf(failure);
        var outcome = shape.Outcome;
        outcome.FirstContentTicks = outcome.EndedTicks = shape.Time.GetTimestamp();
        if (call.Translate(bytes, tokens, outcome, _output) is { } error) return error;
        outcome.IsComplete = true;
        return null;
    }

    public override void WriteHead(HttpResponse response)
    {
        head.WriteOwn(response, "application/json");
        response.ContentLength = _output.WrittenCount;
    }

    public override ValueTask CopyAsync(BodyOutput output)
    {
        output.Write(_output.WrittenSpan);
        return default;
    }
}
