using System.Buffers;

namespace Weir.Ai;

/// <summary>
/// Asks a model something on the gateway's own behalf while a request waits: one question, one whole answer, no second try. It stands in the books like any
/// other call, under the request it was made for.
/// </summary>
sealed class SideCall(Target target, LlmParts parts, int timeoutMs, bool verify)
{
    /// <summary>Longest answer that is read.</summary>
    const int AnswerBytesMax = 8 * 1024 * 1024;

    /// <summary>What the model says, or why it says nothing, in words that hold no secret.</summary>
    public async ValueTask<(string? Text, string? Problem)> AskAsync(Exchange exchange, string instructions, string question)
    {
        var call = LlmCall.Beside(Conversation(instructions, question));
        var (draft, problem) = Draft(exchange, call);
        if (draft is null) return (null, problem);
        if (parts.Books.Quote(target, call.Outcome.ModelSent, null).IsRefused) return (null, LlmFailure.Unpriced(target, call.Outcome.ModelSent).Message);
        if (target.Keys.Choose([]) is not { } key) return (null, LlmFailure.Resting(target.Keys.RestLeft).Message);
        if (await key.Authorizer.AuthorizeAsync(draft) is not null) return (null, LlmFailure.Unproven.Message);
        call.Outcome.BeginTry(target, parts.Time.GetTimestamp());
        target.State.Begin();
        key.State.Begin();
        try
        {
            return await AnswerAsync(exchange, call, draft, key);
        }
        finally
        {
            target.State.End();
            key.State.End();
            call.Outcome.EndedTicks = parts.Time.GetTimestamp();
            await parts.Books.SettleAsync(exchange, call);
        }
    }

    async ValueTask<(string? Text, string? Problem)> AnswerAsync(Exchange exchange, LlmCall call, CallDraft draft, PooledKey key)
    {
        using var reply = await parts.Upstreams.SendAsync(new UpstreamMessage
        {
            To = draft.To with { Verify = verify },
            Path = draft.Path,
            Query = draft.Query,
            Headers = draft.Headers,
            Body = draft.Body,
            ConnectTimeoutMs = timeoutMs,
            ReadTimeoutMs = timeoutMs,
            WriteTimeoutMs = timeoutMs,
            Stop = exchange.Aborted,
        });
        call.Outcome.ProviderStatus = reply.Status;
        if (reply.Failure == UpstreamFailure.Aborted) throw new OperationCanceledException();
        if (reply.Failure != UpstreamFailure.None) return Failed(call, LlmFailure.ErrorOf(reply.Failure));
        var (bytes, failure) = await WholeBody.ReadAsync(reply, AnswerBytesMax);
        if (failure == UpstreamFailure.Aborted) throw new OperationCanceledException();
        if (failure != UpstreamFailure.None) return Failed(call, LlmFailure.ErrorOf(failure));
        var wire = DialectCatalog.Of(call.Outcome.Wire);
        if (reply.Status >= 400)
        {
            target.Keys.Refused(key, reply.Status, RateLimitHeaders.WaitOf(reply.Header, parts.Time.GetUtcNow()));
            return Failed(call, wire.ReadError(reply.Status, bytes));
        }
        key.State.Accepted();

        var collected = new CollectedReply();
        wire.ReadReply(bytes, new ReplyTap(call.Outcome, parts.Time) { Next = collected });
        if (collected.Error is { } error) return Failed(call, error);
        var text = collected.Choices.Count == 0
            ? ""
            : string.Concat(collected.Choices[0].Parts.Where(static part => part.Kind == ReplyPartKind.Text).Select(static part => part.Text));
        return text.Length > 0 ? (text, null) : (null, "no 'choices' in upstream AI service response");
    }

    (CallDraft? Draft, string? Problem) Draft(Exchange exchange, LlmCall call)
    {
        var outcome = call.Outcome;
        (outcome.ModelSent, outcome.Wire) = (target.ModelFor(exchange, ""), target.Provider.WireFor(DialectName.OpenAiChat));
        if (outcome.ModelSent.Length == 0) return (null, "no model is configured");
        var shape = new ProviderCall(Operation.Chat, outcome.Wire, outcome.ModelSent, false, target.Options, exchange.Path);
        var (address, path, query) = target.Locate(exchange, shape);
        if (path is null) return (null, $"provider {target.ProviderText} has no conversations");
        var draft = new CallDraft { To = address, Path = path, Query = query };
        var request = OperatorSettings.Apply(call.Read(new Problems())!, target.Options, outcome.ModelSent, isStream: false, null);
        var body = new ArrayBufferWriter<byte>(1024);
        var model = new ModelTarget { Model = outcome.ModelSent, Traits = target.TraitsOf(outcome.ModelSent) };
        DialectCatalog.Of(outcome.Wire).WriteRequest(request, model, body, outcome.Losses);
        draft.Body = body.WrittenMemory;
        draft.Headers.Add(new("Content-Type", "application/json"));
        draft.Headers.Add(new("Accept-Encoding", "identity"));
        target.Provider.AddHeaders(shape, draft.Headers);
        return (draft, null);
    }

    static (string? Text, string? Problem) Failed(LlmCall call, LlmError error)
    {
        call.Outcome.Error = error;
        return (null, error.Message);
    }

    static ReadOnlyMemory<byte> Conversation(string instructions, string question) => WireJson.Build(json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("messages"u8);
        Say("system", instructions);
        Say("user", question);
        json.WriteEndArray();
        json.WriteEndObject();

        void Say(string role, string text)
        {
            json.WriteStartObject();
            json.WriteString("role"u8, role);
            json.WriteText("content", text);
            json.WriteEndObject();
        }
    }).Utf8;
}
