using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Weir.Ai;

/// <summary>The gateway's own count of a conversation's tokens, where the provider counts none.</summary>
sealed class CountedAnswer : ReplyBody
{
    /// <summary>Says that a count is an estimate of the gateway's.</summary>
    public const string Header = "Weir-Token-Count";

    readonly ArrayBufferWriter<byte> _output = new(64);

    CountedAnswer() { }

    /// <summary>The answer; null where the provider answers itself, or the call asks for something else. The error says why there is no count.</summary>
    public static (CountedAnswer? Answer, LlmError? Error) For(LlmCall call, Target target, Exchange exchange)
    {
        if (call.Surface.Operation != Operation.CountTokens || target.Provider.CountWire is not null) return default;
        if (CountWires.Of(call.Surface.Dialect) is not { } wire) return default;
        var problems = new Problems();
        var request = wire.ReadRequest(call.Body, call.Surface.Line, problems);
        if (request is null || problems.Found.Count > 0) return (null, InvalidRequest.Of(problems));
        var answer = new CountedAnswer();
        var model = call.Outcome.ModelSent = target.ModelFor(exchange, call.ModelAsked);
        var tokens = TokenEstimator.Prompt(request.Chat, model).Tokens;
        wire.WriteReply(new CountReply { Tokens = tokens }, request, answer._output, call.Outcome.Losses);
        return (answer, null);
    }

    public override ValueTask<LlmError?> BeginAsync() => default;

    public override void WriteHead(HttpResponse response)
    {
        response.StatusCode = 200;
        response.ContentType = "application/json";
        response.ContentLength = _output.WrittenCount;
        response.Headers[Header] = "estimated";
    }

    public override ValueTask CopyAsync(BodyOutput output)
    {
        output.Write(_output.WrittenSpan);
        return default;
    }
}
