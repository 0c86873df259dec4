using System.Buffers;

namespace Weir.Ai;

/// <summary>One request that is no conversation on its way from the client's wire into the provider's, and its answer back.</summary>
abstract class SurfaceCall
{
    /// <summary>The call, where the provider wants another wire than the client speaks; null where the bytes pass, or nobody can translate.</summary>
    public static SurfaceCall? Of(LlmCall call, Target target, string model)
    {
        var to = new SurfaceTarget(model, target.Options);
        return call.Surface.Operation switch
        {
            Operation.Embeddings => Between(call, to, EmbedWires.Of(call.Surface.Dialect), target.Provider.EmbedWire(model)),
            Operation.Rerank => Between(call, to, RerankWires.Of(call.Surface.Dialect), target.Provider.RerankWire(model)),
            Operation.CountTokens => Between(call, to, CountWires.Of(call.Surface.Dialect), target.Provider.CountWire),
            _ => null,
        };
    }

    /// <summary>Writes the provider's request. The error is the client's to be told.</summary>
    public abstract LlmError? WriteRequest(IBufferWriter<byte> output, Losses losses);

    /// <summary>Reads the provider's answer and writes the client's.</summary>
    /// <param name="body">The provider's answer.</param>
    /// <param name="inputTokens">Tokens of the prompt that a header of the answer tells; null for none.</param>
    /// <param name="outcome">Gets usage, model and losses.</param>
    /// <param name="output">Gets the answer.</param>
    public abstract LlmError? Translate(ReadOnlyMemory<byte> body, long? inputTokens, LlmOutcome outcome, IBufferWriter<byte> output);

    static SurfaceCall? Between<TRequest, TReply>(
        LlmCall call, SurfaceTarget target, SurfaceWire<TRequest, TReply>? from, SurfaceWire<TRequest, TReply>? to)
        where TRequest : SurfaceRequest
        where TReply : SurfaceReply =>
        from is null || to is null || ReferenceEquals(from, to) ? null : new Typed<TRequest, TReply>(call, target, from, to);

    sealed class Typed<TRequest, TReply>(
        LlmCall call, SurfaceTarget target, SurfaceWire<TRequest, TReply> from, SurfaceWire<TRequest, TReply> to) : SurfaceCall
        where TRequest : SurfaceRequest
        where TReply : SurfaceReply
    {
        TRequest? _request;

        public override LlmError? WriteRequest(IBufferWriter<byte> output, Losses losses)
        {
            var problems = new Problems();
            _request = from.ReadRequest(call.Body, call.Surface.Line, problems);
            if (_request is null || problems.Found.Count > 0) return InvalidRequest.Of(problems);
            to.WriteRequest(_request, target, output, losses, problems);
            return problems.Found.Count > 0 ? InvalidRequest.Of(problems) : null;
        }

        public override LlmError? Translate(ReadOnlyMemory<byte> body, long? inputTokens, LlmOutcome outcome, IBufferWriter<byte> output)
        {
            if (to.ReadReply(body) is not { } reply)
                return new LlmError(LlmErrorKind.Provider, 502, "the model provider's answer cannot be read");
            reply.Usage ??= inputTokens is { } counted ? new TokenUsage { Input = counted } : _request!.Estimate(target.Model);
            outcome.Usage = reply.Usage;
            outcome.ModelServed = reply.Model ?? outcome.ModelServed;
            from.WriteReply(reply, _request!, output, outcome.Losses);
            return null;
        }
    }
}
