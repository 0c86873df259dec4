using System.Buffers;

namespace Weir.Ai;

/// <summary>
/// Makes the request to a provider out of the client's: its own bytes with the fields that the operator sets, where both speak the same dialect; a
/// translation otherwise.
/// </summary>
static class CallMaker
{
    static readonly LlmError NoModel =
        new(LlmErrorKind.InvalidRequest, 400, "model parameter not found in request, nor in gateway configuration") { Param = "model" };

    /// <summary>The call, or the error that the client is told.</summary>
    public static (CallDraft? Draft, LlmError? Error) Make(LlmCall call, Target target, Exchange exchange, bool isStream)
    {
        var outcome = call.Outcome;
        var model = target.ModelFor(exchange, call.ModelAsked);
        var operation = call.Surface.Operation;
        var wire = operation == Operation.Chat ? target.Provider.WireFor(call.Surface.Dialect) : target.Provider.Family;
        if (operation != Operation.Chat && wire != call.Surface.Dialect && call.Surface.Dialect != DialectName.OpenAiChat)
            return (null, Unsupported(target, operation));
        if (model.Length == 0 && operation is Operation.Chat or Operation.Embeddings)
            return (null, NoModel);

        var shape = new ProviderCall(operation, wire, model, isStream, target.Options, exchange.Path);
        var (address, path, query) = target.Locate(exchange, shape);
        if (path is null) return (null, Unsupported(target, operation));

        var draft = new CallDraft { To = address, Method = exchange.Method, Path = path, Query = query };
        outcome.ModelSent = model;
        outcome.Wire = wire;
        var sameWire = wire == call.Surface.Dialect;
        if (Body(call, target, model, isStream, wire, draft) is { } error) return (null, error);
        ForwardedHeaders.Copy(exchange.Http.Request.Headers, sameWire, draft.Headers);
        draft.Headers.Add(new("Content-Type", operation == Operation.Chat || call.IsJson ? "application/json" : exchange.Http.Request.ContentType ?? ""));
        draft.Headers.Add(new("Accept-Encoding", "identity"));
        target.Provider.AddHeaders(shape, draft.Headers);
        return (draft, null);
    }

    static LlmError? Body(LlmCall call, Target target, string model, bool isStream, DialectName wire, CallDraft draft)
    {
        if (call.Surface.Operation != Operation.Chat || (wire == call.Surface.Dialect && !call.IsRewritten && !(call.OutputTokensCap is not null && NeedsTree(wire))))
        {
            draft.Body = call.IsJson ? PassedBody.Of(call, target, model, isStream, wire) : call.Body;
            return null;
        }
        var problems = new Problems();
        var request = call.Read(problems);
        if (request is null || problems.Found.Count > 0) return InvalidRequest.Of(problems);
        var sent = OperatorSettings.Apply(request, target.Options, model, isStream, call.OutputTokensCap);
        var body = new ArrayBufferWriter<byte>(Math.Max(256, call.Body.Length));
        DialectCatalog.Of(wire).WriteRequest(sent, new ModelTarget { Model = model, Traits = target.TraitsOf(model) }, body, call.Outcome.Losses);
        draft.Body = body.WrittenMemory;
        return null;
    }

    /// <summary>Whether the limit of tokens stands deeper in a body than a look over it finds.</summary>
    static bool NeedsTree(DialectName wire) => wire is DialectName.Gemini or DialectName.Bedrock;

    static LlmError Unsupported(Target target, Operation operation) =>
        new(LlmErrorKind.InvalidRequest, 400, $"provider {target.ProviderText} does not support this kind of request ({operation})");
}

/// <summary>The error of a request that its own dialect does not allow.</summary>
static class InvalidRequest
{
    const int ShownMax = 10;

    public static LlmError Of(Problems problems)
    {
        var shown = problems.Found.Take(ShownMax).Select(static found => found.Field.Length == 0 ? found.Message : $"{found.Field}: {found.Message}");
        return new LlmError(LlmErrorKind.InvalidRequest, 400, string.Join("; ", shown)) { Param = problems.Found.Count > 0 ? problems.Found[0].Field : null };
    }
}
