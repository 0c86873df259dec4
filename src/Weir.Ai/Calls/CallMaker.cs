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
        outcome.Translation = SurfaceCall.Of(call, target, model);
        if (operation != Operation.Chat && outcome.Translation is null && !Passes(operation, call.Surface.Dialect, wire))
            return (null, Unsupported(target, operation));
        if (model.Length == 0 && operation is Operation.Chat or Operation.Embeddings)
            return (null, NoModel);

        var shape = new ProviderCall(operation, wire, model, isStream, target.Options, exchange.Path);
        var (address, path, query) = target.Locate(exchange, shape);
        if (path is null) return (null, Unsupported(target, operation));

        var draft = new CallDraft { To = address, Method = exchange.Method, Path = path, Query = query + ForwardedQuery.Of(exchange, operation, query) };
        outcome.ModelSent = model;
        outcome.Wire = wire;
        var sameWire = wire == call.Surface.Dialect;
        if (Body(call, target, model, isStream, wire, draft) is { } error) return (null, error);
        ForwardedHeaders.Copy(exchange.Http.Request.Headers, sameWire, draft.Headers);
        if (operation == Operation.Chat || call.IsJson) draft.Headers.Add(new("Content-Type", "application/json"));
        else if (exchange.Http.Request.ContentType is { } type) draft.Headers.Add(new("Content-Type", type));
        draft.Headers.Add(new("Accept-Encoding", "identity"));
        if (operation == Operation.Realtime) RealtimeRequest.CopyHeaders(exchange.Http.Request.Headers, draft.Headers);
        target.Provider.AddHeaders(shape, draft.Headers);
        return (draft, null);
    }

    static LlmError? Body(LlmCall call, Target target, string model, bool isStream, DialectName wire, CallDraft draft)
    {
        if (call.Outcome.Translation is { } surface)
        {
            var translated = new ArrayBufferWriter<byte>(Math.Max(256, call.Body.Length));
            if (surface.WriteRequest(translated, call.Outcome.Losses) is { } error) return error;
            draft.Body = translated.WrittenMemory;
            return null;
        }
        if (call.Surface.Operation != Operation.Chat || (wire == call.Surface.Dialect && !MustBeWritten(call, wire)))
        {
            draft.Body = call.IsJson ? PassedBody.Of(call, target, model, isStream, wire) : PassedForm(call, model);
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

    /// <summary>Whether the body differs from the client's in more than fields of its root: a limit of tokens may stand deeper.</summary>
    static bool MustBeWritten(LlmCall call, DialectName wire) =>
        call.IsRewritten || (call.OutputTokensCap is not null && wire is DialectName.Gemini or DialectName.Bedrock);

    /// <summary>Whether the provider takes the client's bytes. For much that is no conversation there is no other wire than OpenAI's.</summary>
    static bool Passes(Operation operation, DialectName client, DialectName wire) => wire == client
        || (client == DialectName.OpenAiChat && operation is not (Operation.Embeddings or Operation.Rerank or Operation.CountTokens));

    static ReadOnlyMemory<byte> PassedForm(LlmCall call, string model)
    {
        if (call.FormBoundary is not { } boundary || model.Length == 0 || model == call.Scan.Model || !ModelFields.HasOne(call)) return call.Body;
        return MultipartForm.TrySet(call.Body, boundary, "model", model, out var changed) ? changed : call.Body;
    }

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
